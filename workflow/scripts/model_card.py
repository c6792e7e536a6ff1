from rtlmp.asof.vintages import read_archive
from rtlmp.config import jobs
from rtlmp.features.history import read_history
from rtlmp.io.files import write_text
from rtlmp.models.store import load_model
from rtlmp.pipeline.job import Job
from rtlmp.report.model_card import model_card

job = Job(jobs.ReplaySettings)
given = job.input
history, prices = [read_history(path) for path in given.history], read_archive(given.hourly)
model = load_model(given.boosters, given.card)
of = model_card(model, history, prices, job.config) if model.members else model.card["failed"]
write_text(of, job.output[0])
