from snakemake.iocontainers import Snakemake

from rtlmp.archive import joined, load, merged, save
from rtlmp.catalog import BY_NAME
from rtlmp.hourly import first_hour, hourly, published_in

snakemake: Snakemake
target, month = BY_NAME[snakemake.params.target], snakemake.wildcards.month
*before, own = snakemake.input
held = load([own], snakemake.params.nodes)
if target in held:  # an hour's first intervals may have been published the month before
    held = merged(load(before, snakemake.params.nodes, first_hour(held[target])), held)
rows, nodes = held.get(target, joined([]))
made = {q: (published_in(of, month), nodes) for q, of in hourly(rows, target).items()}
save(made, snakemake.output[0])
