from snakemake.iocontainers import Snakemake

from rtlmp.backtest import replay
from rtlmp.models.store import load_each
from rtlmp.tables import Features, Forecast, read_each, write

snakemake: Snakemake
models = load_each(snakemake.input.boosters, snakemake.input.cards)[snakemake.wildcards.pool]
serving = {
    day: [models[dated] for dated in dates] for day, dates in snakemake.params.serving.items()
}
features = read_each(Features, snakemake.input.features)
write(Forecast, replay(features, serving, snakemake.params.config), snakemake.output[0])
