from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.report.figures.backtest import FIGURES
from rtlmp.report.figures.style import save_figure
from rtlmp.report.read import read_backtest

snakemake: Snakemake
backtest = read_backtest(snakemake.input, snakemake.params.config)
for path in map(Path, snakemake.output):
    save_figure(FIGURES[path.stem](backtest), path)
