from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.backtest import replay
from rtlmp.clock import model_date
from rtlmp.models.store import load_each
from rtlmp.tables import Features, Forecast, read_each, write

snakemake: Snakemake
c, pool = snakemake.params.config, snakemake.wildcards.pool
models = load_each(snakemake.input.boosters, snakemake.input.cards)
issued = [date.fromisoformat(day) for day in snakemake.params.days]
serving = {day: models[pool, model_date(day, c["retrain_every_days"])] for day in issued}
features = read_each(Features, snakemake.input.features)
write(Forecast, replay(features, serving, c), snakemake.output[0])
