from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.figures.book import BOOK
from rtlmp.plots import save
from rtlmp.report.read import finished

snakemake: Snakemake
backtest = finished(snakemake.input, snakemake.params.config)
for path in map(Path, snakemake.output):
    save(BOOK[path.stem].draw(backtest), path)
