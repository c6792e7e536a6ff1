from datetime import date

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.changes import changes, issued
from rtlmp.clock import issue_time
from rtlmp.findings import Changes
from rtlmp.models.store import load_each
from rtlmp.tables import Features, read_each, write

snakemake: Snakemake
c, features = snakemake.params.config, read_each(Features, snakemake.input.features)
found = load_each(snakemake.input.boosters, snakemake.input.cards)
sides = []
for day, dates in snakemake.params.serving.items():
    models = {pool: [found[pool][dated] for dated in dates] for pool in c["pools"]}
    at = pd.Timestamp(issue_time(c, date.fromisoformat(day)))
    sides.append(issued(models, features, c["pools"], at))
write(Changes, changes(sides[0], sides[1], c["thresholds"]), snakemake.output[0])
