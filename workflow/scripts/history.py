from datetime import date
from pathlib import Path

from snakemake.iocontainers import Snakemake

from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.vintages import index_vintages, load_observations, merge_series
from rtlmp.clock import days
from rtlmp.features.history import write_history
from rtlmp.features.matrix import training_features

snakemake: Snakemake
p = snakemake.params
held = load_observations([*snakemake.input.raw, *snakemake.input.hourly])
data = index_vintages(merge_series(held, auxiliary_series(held, p.auxiliary_nodes, auction=True)))
issued = list(days(*map(date.fromisoformat, p.days)))
rows = training_features(data, issued, p.config, p.sample)
for path in map(Path, snakemake.output):
    write_history(rows[path.parent.name], path)
