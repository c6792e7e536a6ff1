from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Freshness
from rtlmp.sources.freshness import age_limits, files_by_series, freshness

job = Job(jobs.ClockSettings)
c, files = job.config, files_by_series(job.input)
made = freshness(files, list(files), issue_time(c, job.day), age_limits(c["market"], "live"))
write_table(Freshness, made, job.output[0])
