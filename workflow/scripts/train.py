from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import read_archive
from rtlmp.features.history import nodes_of, read_history
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.store import save_model
from rtlmp.models.training import train

snakemake: Snakemake
given = snakemake.input
history = [read_history(path) for path in [*given.history, *given.auxiliary_history]]
prices = read_archive([*given.hourly, *given.auxiliary_hourly], nodes_of(history))
day = date.fromisoformat(snakemake.wildcards.date)
config = adopted(snakemake.params.config, given.get("parameters"))
trained = train(history, prices, config, day, curves(given.get("parameters")))
save_model(trained, snakemake.output.boosters, snakemake.output.card)
