from snakemake.iocontainers import Snakemake

from rtlmp.labels import hourly, published_in
from rtlmp.tables import Observations, read_all, write

snakemake: Snakemake
prices = read_all(Observations, snakemake.input)
at_nodes = prices[prices[Observations.location].isin(snakemake.params.nodes)]
write(Observations, published_in(hourly(at_nodes), snakemake.wildcards.month), snakemake.output[0])
