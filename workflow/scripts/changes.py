from datetime import date

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.changes import changes, issued
from rtlmp.clock import issue_time
from rtlmp.findings import Changes
from rtlmp.gate import read_gate, serving
from rtlmp.models.store import load_each
from rtlmp.tables import Features, read_each, write

snakemake: Snakemake
c, features = snakemake.params.config, read_each(Features, snakemake.input.features)
models = load_each(snakemake.input.boosters, snakemake.input.cards)
sides = []
for path, day in zip(snakemake.input.gates, snakemake.params.days, strict=True):
    at = pd.Timestamp(issue_time(c, date.fromisoformat(day)))
    champions = serving(models, read_gate(path))
    sides.append(issued(champions, features, c["pools"], at))
write(Changes, changes(sides[0], sides[1], c["thresholds"]), snakemake.output[0])
