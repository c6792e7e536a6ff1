from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.io.tables import read_table
from rtlmp.report.figures.forecast import forecast_figure
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.core import Bounded

snakemake: Snakemake
c = snakemake.params.config
rows = read_table(Bounded, snakemake.input[0])
for path in map(Path, snakemake.output):
    of_node = rows[rows[Bounded.location] == path.parent.name]
    save_figure(forecast_figure(of_node, MARKETS[c["market"]].tz, c["run"]), path)
