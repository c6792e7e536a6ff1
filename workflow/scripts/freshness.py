from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Freshness
from rtlmp.sources.freshness import lately

job = Job(jobs.ClockSettings)
c, given = job.config, job.input
made, *_ = lately(given.raw, given.lost, issue_time(c, job.day), {**c, "source": "live"})
write_table(Freshness, made, job.output[0])
