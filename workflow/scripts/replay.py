from datetime import date

from rtlmp.asof.vintages import read_archive
from rtlmp.config import jobs
from rtlmp.features.history import read_history
from rtlmp.forecast.forecast import Asked, forecasts
from rtlmp.forecast.gate import champions, gate_choices, served_by
from rtlmp.io.files import write_json
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Bounded, Features

job = Job(jobs.ReplaySettings)
c, given, dated = job.config, job.input, job.params.serving
[models] = load_models(given.boosters, given.cards).values()
history, prices = [read_history(path) for path in given.history], read_archive(given.hourly)
features = read_by_folder(Features, given.features, c["nodes"])
choices = gate_choices(models, history, prices, c)
gate = {day: champions(choices, dates) for day, dates in dated.items()}
by = {day: served_by(models[dates[0]], gate[day], choices.values()) for day, dates in dated.items()}
asked = [
    Asked(date.fromisoformat(day), [*features], [models[at] for at in dates], by[day])
    for day, dates in gate.items()
]
write_table(Bounded, forecasts(asked, features, prices, c), job.output.forecasts)
write_json({"serving": gate, "served_by": by, "choices": [*choices.values()]}, job.output.gate)
