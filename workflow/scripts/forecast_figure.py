from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.plots import forecast_figure, save
from rtlmp.tables import Bounded, read

snakemake: Snakemake
c = snakemake.params.config
rows = read(Bounded, snakemake.input[0])
for path in map(Path, snakemake.output):
    of_node = rows[rows[Bounded.location] == path.parent.name]
    save(forecast_figure(of_node, MARKETS[c["market"]].tz, c["run"]), path)
