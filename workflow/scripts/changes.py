from datetime import date

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.changes import changes, issued
from rtlmp.clock import issue_time, model_date
from rtlmp.findings import Changes
from rtlmp.models.store import load_each
from rtlmp.tables import Features, read_each, write

snakemake: Snakemake
c, features = snakemake.params.config, read_each(Features, snakemake.input.features)
found = load_each(snakemake.input.boosters, snakemake.input.cards)
sides = []
for day in map(date.fromisoformat, (snakemake.wildcards.earlier, snakemake.wildcards.later)):
    serving = {pool: found[pool, model_date(day, c["retrain_every_days"])] for pool in c["pools"]}
    sides.append(issued(serving, features, c["pools"], pd.Timestamp(issue_time(c, day))))
write(Changes, changes(sides[0], sides[1], c["thresholds"]), snakemake.output[0])
