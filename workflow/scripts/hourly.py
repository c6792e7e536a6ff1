from snakemake.iocontainers import Snakemake

from rtlmp.asof.hourly import first_hour, published_in_month
from rtlmp.asof.vintages import concat_series, load_observations, merge_series, save_observations
from rtlmp.catalog import BY_NAME

snakemake: Snakemake
target, month = BY_NAME[snakemake.params.target], snakemake.wildcards.month
*before, own = snakemake.input
held = load_observations([own], snakemake.params.nodes)
if target in held:  # an hour's first intervals may have been published the month before
    held = merge_series(
        load_observations(before, snakemake.params.nodes, first_hour(held[target])), held
    )
save_observations(
    published_in_month(held.get(target, concat_series([])), target, month), snakemake.output[0]
)
