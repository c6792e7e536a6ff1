from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.history import nodes_of, read
from rtlmp.models.store import save
from rtlmp.parameters import adopted, curves
from rtlmp.training import train

snakemake: Snakemake
given = snakemake.input
history = [read(path) for path in [*given.history, *given.donor_history]]
prices = archive_of([*given.hourly, *given.donor_hourly], nodes_of(history))
day = date.fromisoformat(snakemake.wildcards.date)
config = adopted(snakemake.params.config, given.get("parameters"))
trained = train(history, prices, config, day, curves(given.get("parameters")))
save(trained, snakemake.output.boosters, snakemake.output.card)
