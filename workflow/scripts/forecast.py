from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import MARKETS
from rtlmp.features.history import read_pools
from rtlmp.forecast.forecast import daily_forecast, sheet
from rtlmp.forecast.gate import gate_decisions, serving_models
from rtlmp.io.files import write_json
from rtlmp.io.tables import read_by_folder, write_csv, write_table
from rtlmp.models.store import load_models
from rtlmp.schemas.core import Bounded, Features
from rtlmp.sources.freshness import flag_stale

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
day = date.fromisoformat(snakemake.wildcards.date)
models = load_models(given.boosters, given.cards)
prices, learned = read_archive(given.hourly), read_pools(given.history)
gate = gate_decisions(models, learned, prices, c, snakemake.params.serving)
rows = daily_forecast(
    serving_models(models, gate), read_by_folder(Features, given.features), c, day
)
rows = flag_stale(rows, given.freshness)
write_table(Bounded, rows, snakemake.output.rows)
write_csv(sheet(rows, MARKETS[c["market"]].tz), snakemake.output.sheet)
write_json(gate, snakemake.output.gate)
