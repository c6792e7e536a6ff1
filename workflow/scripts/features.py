from datetime import date
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.clock import days
from rtlmp.features import monthly
from rtlmp.tables import Features, write

snakemake: Snakemake
data = archive_of([*snakemake.input.raw, *snakemake.input.hourly])
issued = list(days(*map(date.fromisoformat, snakemake.params.days)))
paths = {Path(path).parent.name: path for path in snakemake.output}
for node, table in monthly(data, issued, snakemake.params.config):
    write(Features, table, paths[node])
