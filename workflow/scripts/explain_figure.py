from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.io.tables import read_table
from rtlmp.report.figures.drivers import explanation
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.evaluation import Drivers

snakemake: Snakemake
for path in snakemake.output:
    rows = read_table(Drivers, Path(path).parent / f"{snakemake.wildcards.date}.parquet")
    threshold = float(Path(path).stem.rpartition("_")[2])
    save_figure(explanation(rows, MARKETS[snakemake.params.config["market"]].tz, threshold), path)
