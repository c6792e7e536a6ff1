from snakemake.iocontainers import Snakemake

from rtlmp.archive import joined, load, merged, save
from rtlmp.catalog import BY_NAME
from rtlmp.hourly import first_hour, monthly

snakemake: Snakemake
target, month = BY_NAME[snakemake.params.target], snakemake.wildcards.month
*before, own = snakemake.input
held = load([own], snakemake.params.nodes)
if target in held:  # an hour's first intervals may have been published the month before
    held = merged(load(before, snakemake.params.nodes, first_hour(held[target])), held)
save(monthly(held.get(target, joined([])), target, month), snakemake.output[0])
