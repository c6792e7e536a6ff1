from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import save_observations
from rtlmp.sources.files.months import read_months

snakemake: Snakemake
wanted = {(path.parent.name, path.stem): path for path in map(Path, snakemake.output)}
for series, month, part in read_months(snakemake.input):
    if path := wanted.pop((series, month), None):
        save_observations({series: part}, path)
for path in wanted.values():
    save_observations({}, path)
