from rtlmp.config import jobs
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import matched_runs
from rtlmp.evaluation.score_tables import significance
from rtlmp.evaluation.scores import score_table
from rtlmp.io.tables import read_table, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Significance

job = Job(jobs.CompareSettings)
c, out = job.config, job.output
ours, theirs = (read_table(Scored, path) for path in (job.input.ours, job.input.theirs))
both = list(pairs(matched_runs(ours, theirs, (c["run"], c["compare_to"]))))
write_table(Metrics, score_table(both, c["seed"]), out.metrics)
write_table(Significance, significance(both), out.significance)
