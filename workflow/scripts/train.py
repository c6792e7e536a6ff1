import sys
from functools import partial

from rtlmp.asof.vintages import read_archive
from rtlmp.config import jobs
from rtlmp.features.history import nodes_of, read_history
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.store import load_model, save_model
from rtlmp.models.training import train
from rtlmp.pipeline.job import Job

job = Job(jobs.TrainSettings)
given, tuned = job.input, job.input.get("parameters")
history = [read_history(path) for path in [*given.history, *given.auxiliary_history]]
prices = read_archive([*given.hourly, *given.auxiliary_hourly], nodes_of(history))
others = partial(read_archive, given.hourly)
base = load_model(given.base_boosters, *given.base_cards) if given.base_cards else None
trained = train(history, prices, adopted(job.config, tuned), job.day, curves(tuned), others, base)
if lent := trained.card["lent"]:
    sys.stderr.write(f"no price known at {trained.card['pool']}: trained on that of {lent}\n")
save_model(trained, job.output.boosters, job.output.card)
