from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Freshness
from rtlmp.sources.freshness import age_limits, files_by_series, freshness, newest_known

job = Job(jobs.ClockSettings)
c, at = job.config, issue_time(job.config, job.day)
known = newest_known(files_by_series(job.input), at)
made = freshness(known, at, age_limits(c["market"], "live"))
write_table(Freshness, made, job.output[0])
