import pandas as pd

from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.forecast.explain import explain
from rtlmp.forecast.gate import read_gate, serving_models
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Features
from rtlmp.schemas.evaluation import Drivers

job = Job(jobs.BacktestSettings)
c, given = job.config, job.input
at = pd.Timestamp(issue_time(c, job.day))
champions = serving_models(load_models(given.boosters, given.cards), read_gate(given.gate))
features = read_by_folder(Features, given.features, c["nodes"])
paths = dict(zip(c["nodes"], job.output, strict=True))
for pool, models in champions.items():
    rows = explain(models, {n: features[n] for n in c["pools"][pool]}, at, c["thresholds"])
    for node, of in rows.groupby(Drivers.location):
        write_table(Drivers, of.reset_index(drop=True), paths[str(node)])
