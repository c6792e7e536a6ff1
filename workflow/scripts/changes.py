from datetime import date

import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.forecast.gate import read_gate, serving_models
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.report.changes import changes, issued
from rtlmp.schemas.core import Features
from rtlmp.schemas.evaluation import Changes

snakemake: Snakemake
c, features = snakemake.params.config, read_by_folder(Features, snakemake.input.features)
models = load_models(snakemake.input.boosters, snakemake.input.cards)
sides = []
for path, day in zip(snakemake.input.gates, snakemake.params.days, strict=True):
    at = pd.Timestamp(issue_time(c, date.fromisoformat(day)))
    champions = serving_models(models, read_gate(path))
    sides.append(issued(champions, features, c["pools"], at))
write_table(Changes, changes(sides[0], sides[1], c["thresholds"]), snakemake.output[0])
