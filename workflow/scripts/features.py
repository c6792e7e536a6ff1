from datetime import date
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.asof import archive
from rtlmp.clock import days
from rtlmp.donors import renamed
from rtlmp.features import monthly
from rtlmp.tables import Features, Observations, read_all, write

snakemake: Snakemake
rows = read_all(Observations, [*snakemake.input.raw, *snakemake.input.hourly])
data = archive([rows, renamed(rows, snakemake.params.donors, auction=True)])
issued = list(days(*map(date.fromisoformat, snakemake.params.days)))
tables = monthly(data, issued, snakemake.params.config)
for path in snakemake.output:
    write(Features, tables[Path(path).parent.name], path)
