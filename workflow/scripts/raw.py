from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME
from rtlmp.sources.files import by_month, empty, read_files
from rtlmp.tables import Observations, write

snakemake: Snakemake
held = {q: by_month(rows) for q, rows in read_files(snakemake.input).items()}
for path in map(Path, snakemake.output):
    months = held.get(BY_NAME[path.parent.name], {})
    write(Observations, months.get(path.stem, empty()), path)
