import sys
from functools import partial

from rtlmp.asof.vintages import read_archive
from rtlmp.config import jobs
from rtlmp.features.history import nodes_of, read_history
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.store import load_model, save_model
from rtlmp.models.training import train
from rtlmp.pipeline.failure import train_or_say
from rtlmp.pipeline.job import Job
from rtlmp.pipeline.kept import KEPT

job = Job(jobs.TrainSettings)
given, out, tuned = job.input, job.output, job.input.get("parameters")
history = [read_history(path) for path in [*given.history, *given.auxiliary_history]]
prices = read_archive([*given.hourly, *given.auxiliary_hourly], nodes_of(history))
others, c = partial(read_archive, given.hourly), adopted(job.config, tuned)
base = load_model(given.base_boosters, *given.base_cards) if given.base_cards else None
base = base if base and base.members else None  # if its training failed: from nothing, as far back
fit = partial(train, history, prices, c, job.day, curves(tuned), others, base)
before = [KEPT / path for path in out.boosters], KEPT / out.card
trained = train_or_say(fit, job.day, nodes_of(history), *before)
if lent := trained.card.get("lent"):
    sys.stderr.write(f"no price known at {trained.card['pool']}: trained on that of {lent}\n")
save_model(trained, out.boosters, out.card)
