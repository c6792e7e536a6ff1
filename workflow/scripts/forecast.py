from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.forecasting import daily, sheet, split
from rtlmp.freshness import flagged
from rtlmp.models.store import load_each
from rtlmp.tables import Features, Forecast, read_each, write, write_csv

snakemake: Snakemake
c, day = snakemake.params.config, date.fromisoformat(snakemake.wildcards.date)
models = load_each(snakemake.input.boosters, snakemake.input.cards)
newest_first = {pool: [of[d] for d in sorted(of, reverse=True)] for pool, of in models.items()}
features = read_each(Features, snakemake.input.features)
rows = flagged(daily(newest_first, features, c, day), snakemake.input.freshness)
for path, part in zip(snakemake.output.tables, split(rows).values(), strict=True):
    write(Forecast, part, path)
write_csv(sheet(rows, MARKETS[c["market"]].tz), snakemake.output.sheet)
