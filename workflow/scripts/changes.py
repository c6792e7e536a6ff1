from datetime import date

import pandas as pd

from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.forecast.gate import read_gate, serving_models
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.report.changes import changes, issued
from rtlmp.schemas.core import Features
from rtlmp.schemas.evaluation import Changes

job = Job(jobs.BacktestSettings)
c = job.config
features = read_by_folder(Features, job.input.features, c["nodes"])
models = load_models(job.input.boosters, job.input.cards)
sides = []
for path, day in zip(job.input.gates, [job.wildcards.earlier, job.wildcards.later], strict=True):
    at = pd.Timestamp(issue_time(c, date.fromisoformat(day)))
    champions = serving_models(models, read_gate(path))
    sides.append(issued(champions, features, c["pools"], at))
write_table(Changes, changes(sides[0], sides[1], c["thresholds"]), job.output[0])
