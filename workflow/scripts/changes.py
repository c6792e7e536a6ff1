from datetime import date

from rtlmp.config import jobs
from rtlmp.evaluation.tables import Changes
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.changes import changes
from rtlmp.report.explain import read_issues

job = Job(jobs.BacktestSettings)
c, given, days = job.config, job.input, (job.wildcards.earlier, job.wildcards.later)
earlier, later = (
    read_issues(given, gate, c, date.fromisoformat(day))
    for gate, day in zip(given.gates, days, strict=True)
)
write_table(Changes, changes(earlier, later, c["thresholds"]), job.output[0])
