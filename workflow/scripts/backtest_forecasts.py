from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.asof import archive
from rtlmp.backtest import scored
from rtlmp.tables import Bounded, Observations, Scored, Truth, read, read_all, write

snakemake: Snakemake
replays = [read(Bounded, path) for path in snakemake.input.replays]
prices = archive([read_all(Observations, snakemake.input.hourly)])
issued = [date.fromisoformat(day) for day in snakemake.params.days]
truth = read(Truth, snakemake.input.truth) if snakemake.input.get("truth") else None
rows = scored(replays, prices, snakemake.params.config, issued, truth)
write(Scored, rows, snakemake.output[0])
