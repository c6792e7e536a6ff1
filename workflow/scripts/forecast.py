from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.asof import archive
from rtlmp.catalog import MARKETS
from rtlmp.forecasting import daily, sheet, split
from rtlmp.freshness import flagged
from rtlmp.gate import decided, serving
from rtlmp.models.store import load_each
from rtlmp.tables import (
    Bounded,
    Features,
    Observations,
    read_all,
    read_each,
    write,
    write_csv,
    write_json,
)

snakemake: Snakemake
c, day = snakemake.params.config, date.fromisoformat(snakemake.wildcards.date)
models = load_each(snakemake.input.boosters, snakemake.input.cards)
features = read_each(Features, snakemake.input.features)
prices = archive([read_all(Observations, snakemake.input.hourly)])
gate = decided(models, features, prices, c, snakemake.params.serving)
rows = flagged(daily(serving(models, gate), features, c, day), snakemake.input.freshness)
for path, part in zip(snakemake.output.tables, split(rows).values(), strict=True):
    write(Bounded, part, path)
write_csv(sheet(rows, MARKETS[c["market"]].tz), snakemake.output.sheet)
write_json(gate, snakemake.output.gate)
