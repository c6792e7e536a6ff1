from datetime import date
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.archive import indexed, load, merged
from rtlmp.clock import days
from rtlmp.donors import renamed
from rtlmp.features import learned
from rtlmp.history import write

snakemake: Snakemake
p = snakemake.params
held = load([*snakemake.input.raw, *snakemake.input.hourly])
data = indexed(merged(held, renamed(held, p.donors, auction=True)))
issued = list(days(*map(date.fromisoformat, p.days)))
rows = learned(data, issued, p.config, p.draw)
for path in map(Path, snakemake.output):
    write(rows[path.parent.name], path)
