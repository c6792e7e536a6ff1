from snakemake.iocontainers import Snakemake

from rtlmp.asof import archive
from rtlmp.backtest import replay
from rtlmp.gate import champions, judged
from rtlmp.models.store import load_each
from rtlmp.tables import Bounded, Features, Observations, read_all, read_each, write, write_json

snakemake: Snakemake
c, features = snakemake.params.config, read_each(Features, snakemake.input.features)
prices = archive([read_all(Observations, snakemake.input.hourly)])
[models] = load_each(snakemake.input.boosters, snakemake.input.cards).values()
choices = judged(models, features, prices, c)
gate = {day: champions(choices, dates) for day, dates in snakemake.params.serving.items()}
serving = {day: [models[dated] for dated in dates] for day, dates in gate.items()}
write(Bounded, replay(features, serving, c), snakemake.output.forecasts)
write_json({"serving": gate, "choices": [*choices.values()]}, snakemake.output.gate)
