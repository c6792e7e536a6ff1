from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.backtest import MODEL, scored
from rtlmp.tables import Bounded, Scored, Truth, read, read_all, write

snakemake: Snakemake
given = {MODEL: snakemake.input.replays} | {n: snakemake.input[n] for n in snakemake.params.others}
replays = {name: read_all(Bounded, paths) for name, paths in given.items()}
prices = archive_of(snakemake.input.hourly)
issued = [date.fromisoformat(day) for day in snakemake.params.days]
truth = read(Truth, snakemake.input.truth) if snakemake.input.get("truth") else None
rows = scored(replays, prices, snakemake.params.config, issued, truth)
write(Scored, rows, snakemake.output[0])
