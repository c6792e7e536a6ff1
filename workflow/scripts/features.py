from datetime import date
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import read_archive
from rtlmp.clock import days
from rtlmp.features.matrix import monthly_features
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Features

snakemake: Snakemake
data = read_archive([*snakemake.input.raw, *snakemake.input.hourly])
issued = list(days(*map(date.fromisoformat, snakemake.params.days)))
paths = {Path(path).parent.name: path for path in snakemake.output}
for node, table in monthly_features(data, issued, snakemake.params.config):
    write_table(Features, table, paths[node])
