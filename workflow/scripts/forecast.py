from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.catalog import MARKETS
from rtlmp.disk import write_json
from rtlmp.forecasting import daily, sheet
from rtlmp.freshness import flagged
from rtlmp.gate import decided, serving
from rtlmp.history import read_pools
from rtlmp.models.store import load_each
from rtlmp.tables import Bounded, Features, read_each, write, write_csv

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
day = date.fromisoformat(snakemake.wildcards.date)
models = load_each(given.boosters, given.cards)
prices, learned = archive_of(given.hourly), read_pools(given.history)
gate = decided(models, learned, prices, c, snakemake.params.serving)
rows = daily(serving(models, gate), read_each(Features, given.features), c, day)
rows = flagged(rows, given.freshness)
write(Bounded, rows, snakemake.output.rows)
write_csv(sheet(rows, MARKETS[c["market"]].tz), snakemake.output.sheet)
write_json(gate, snakemake.output.gate)
