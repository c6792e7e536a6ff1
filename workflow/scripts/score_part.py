from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import matched_runs, scenario_rows
from rtlmp.evaluation.score_tables import significance
from rtlmp.evaluation.scores import score_table
from rtlmp.evaluation.tables import Significance
from rtlmp.io.tables import read_table, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Metrics, Scored

job = Job(jobs.ReportSettings)
c, out = job.config, job.output
rows, *theirs = (read_table(Scored, path) for path in job.input)
if theirs:
    rows = matched_runs(rows, theirs[0], (c["run"], job.wildcards.compare_to))
else:
    rows = scenario_rows(rows, job.params.scenario, MARKETS[c["market"]].tz)
chosen = list(pairs(rows))
write_table(Metrics, score_table(chosen, c["seed"]), out.metrics)
write_table(Significance, significance(chosen), out.significance)
