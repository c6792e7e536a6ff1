from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.pairs import read_pairs, unknown_share
from rtlmp.io.files import write_text
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.tables import summary
from rtlmp.schemas.core import Metrics

job = Job(jobs.ReportSettings)
given, out, issued = job.input, job.output, list(days(**job.params.window))
metrics = read_tables(Metrics, given.parts)
write_table(Metrics, metrics, out.metrics)
pairs, unknown = read_pairs(given.forecasts), unknown_share(given.forecasts)
write_text(summary(metrics, pairs, issued, unknown, job.config), out.summary)
