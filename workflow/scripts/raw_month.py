import logging
from datetime import datetime
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME
from rtlmp.config import checked
from rtlmp.sources.live import month
from rtlmp.tables import Observations, write

snakemake: Snakemake
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
paths = {BY_NAME[path.parent.name]: path for path in map(Path, snakemake.output)}
span = map(datetime.fromisoformat, snakemake.params.span)
for series, rows in month(checked(snakemake.config), list(paths), *span).items():
    write(Observations, rows, paths[series])
