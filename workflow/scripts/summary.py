from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.pairs import read_pairs
from rtlmp.io.files import write_text
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.summary import summary
from rtlmp.schemas.core import Metrics

job = Job(jobs.ReportSettings)
metrics, pairs = read_table(Metrics, job.input.metrics), read_pairs(job.input.forecasts)
issued = list(days(**job.params.window))
write_text(summary(metrics, pairs, issued, job.config), job.output[0])
