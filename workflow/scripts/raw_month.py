import logging
from datetime import datetime
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME
from rtlmp.config import parse_config
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Observations
from rtlmp.sources.live import fetch_month

snakemake: Snakemake
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
paths = {BY_NAME[path.parent.name]: path for path in map(Path, snakemake.output)}
span = map(datetime.fromisoformat, snakemake.params.span)
for series, rows in fetch_month(parse_config(snakemake.config), list(paths), *span).items():
    write_table(Observations, rows, paths[series])
