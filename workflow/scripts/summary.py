from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.pairs import read_pairs, unknown_share
from rtlmp.io.files import write_text
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.summary import Extent, summary
from rtlmp.schemas.core import Metrics

job = Job(jobs.ReportSettings)
c, issued = job.config, list(days(**job.params.window))
extent = Extent(issued, c["nodes"], unknown_share(job.input.forecasts))
metrics, pairs = read_table(Metrics, job.input.metrics), read_pairs(job.input.forecasts)
write_text(summary(metrics, pairs, extent, c["run"], c["seed"]), job.output[0])
