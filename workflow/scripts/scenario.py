from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import scenario_rows
from rtlmp.evaluation.score_tables import significance
from rtlmp.evaluation.scores import score_table
from rtlmp.io.tables import read_table, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Significance

job = Job(jobs.ReportSettings)
c, out, tz = job.config, job.output, MARKETS[job.config["market"]].tz
rows = scenario_rows(read_table(Scored, job.input[0]), job.params.scenario, tz)
chosen = list(pairs(rows))
write_table(Metrics, score_table(chosen, c["seed"]), out.metrics)
write_table(Significance, significance(chosen), out.significance)
