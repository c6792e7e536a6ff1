from snakemake.iocontainers import Snakemake

from rtlmp.archive import joined, load, save
from rtlmp.catalog import BY_NAME
from rtlmp.hourly import hourly, published_in

snakemake: Snakemake
target, month = BY_NAME[snakemake.params.target], snakemake.wildcards.month
rows, nodes = load(snakemake.input, snakemake.params.nodes).get(target, joined([]))
made = {q: (published_in(of, month), nodes) for q, of in hourly(rows, target).items()}
save(made, snakemake.output[0])
