from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.backtest import replay
from rtlmp.disk import write_json
from rtlmp.gate import champions, judged
from rtlmp.history import read
from rtlmp.models.store import load_each
from rtlmp.tables import Bounded, Features, read_each, write

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
[models] = load_each(given.boosters, given.cards).values()
learned = [read(path) for path in given.history]
choices = judged(models, learned, archive_of(given.hourly), c)
gate = {day: champions(choices, dates) for day, dates in snakemake.params.serving.items()}
serving = {day: [models[dated] for dated in dates] for day, dates in gate.items()}
rows = replay(read_each(Features, given.features), serving, c)
write(Bounded, rows, snakemake.output.forecasts)
write_json({"serving": gate, "choices": [*choices.values()]}, snakemake.output.gate)
