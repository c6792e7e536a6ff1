from snakemake.iocontainers import Snakemake

from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.hourly import published_in_month
from rtlmp.asof.vintages import load_observations, merge_series, save_observations

snakemake: Snakemake
auxiliary_nodes, month = snakemake.params.auxiliary_nodes, snakemake.wildcards.month
prices = auxiliary_series(
    load_observations(snakemake.input, [d["at"] for d in auxiliary_nodes.values()]), auxiliary_nodes
)
made = (published_in_month(of, q, month) for q, of in prices.items())
save_observations(merge_series(*made), snakemake.output[0])
