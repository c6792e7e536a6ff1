from rtlmp.asof.vintages import read_archive
from rtlmp.config import jobs
from rtlmp.features.history import read_history
from rtlmp.forecast.forecast import replay
from rtlmp.forecast.gate import champions, gate_choices
from rtlmp.io.files import write_json
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Bounded, Features

job = Job(jobs.ReplaySettings)
c, given = job.config, job.input
[models] = load_models(given.boosters, given.cards).values()
history = [read_history(path) for path in given.history]
choices = gate_choices(models, history, read_archive(given.hourly), c)
gate = {day: champions(choices, dates) for day, dates in job.params.serving.items()}
serving = {day: [models[dated] for dated in dates] for day, dates in gate.items()}
rows = replay(read_by_folder(Features, given.features, c["nodes"]), serving, c)
write_table(Bounded, rows, job.output.forecasts)
write_json({"serving": gate, "choices": [*choices.values()]}, job.output.gate)
