from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.figures.drivers import explained
from rtlmp.findings import Drivers
from rtlmp.plots import save
from rtlmp.tables import read

snakemake: Snakemake
for path in snakemake.output:
    rows = read(Drivers, Path(path).parent / f"{snakemake.wildcards.date}.parquet")
    threshold = float(Path(path).stem.rpartition("_")[2])
    save(explained(rows, MARKETS[snakemake.params.config["market"]].tz, threshold), path)
