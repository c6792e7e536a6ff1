from datetime import date

from rtlmp.config import jobs
from rtlmp.evaluation.tables import Changes
from rtlmp.forecast.gate import Decisions, serving_models
from rtlmp.io.files import load_json
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.report.changes import changes
from rtlmp.report.explain import issued
from rtlmp.schemas.core import Features

job = Job(jobs.BacktestSettings)
c, given, days = job.config, job.input, (job.wildcards.earlier, job.wildcards.later)
features = read_by_folder(Features, given.features, c["nodes"])
models = load_models(given.boosters, given.cards)
earlier, later = (
    issued(serving_models(models, load_json(path, Decisions)), features, c, date.fromisoformat(day))
    for path, day in zip(given.gates, days, strict=True)
)
write_table(Changes, changes(earlier, later, c["thresholds"]), job.output[0])
