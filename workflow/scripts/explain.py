from rtlmp.config import jobs
from rtlmp.forecast.explain import explain, issued
from rtlmp.forecast.gate import read_gate, serving_models
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Features
from rtlmp.schemas.evaluation import Drivers

job = Job(jobs.BacktestSettings)
c, given = job.config, job.input
champions = serving_models(load_models(given.boosters, given.cards), read_gate(given.gate))
issues = issued(champions, read_by_folder(Features, given.features), c, job.day)
for node, path in zip(c["nodes"], job.output, strict=True):
    write_table(Drivers, explain(node, issues[node], c["thresholds"]), path)
