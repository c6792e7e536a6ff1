import sys

from rtlmp.config import jobs
from rtlmp.models.store import save_model
from rtlmp.pipeline.job import Job
from rtlmp.pipeline.kept import KEPT
from rtlmp.pipeline.training import model_before, read_training, train_or_say

job = Job(jobs.TrainSettings)
given, out = dict(job.input.items()), job.output
before = model_before([KEPT / p for p in out.boosters], KEPT / out.card)
tuned, code = given.get("parameters"), job.params.code
training = read_training(given, job.config, job.day, tuned, code, before)
trained = train_or_say(training, job.day, before)
if lent := trained.card.get("lent"):
    sys.stderr.write(f"no price known at {trained.card['pool']}: trained on that of {lent}\n")
save_model(trained, out.boosters, out.card)
