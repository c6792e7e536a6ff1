from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.export import write_workbook

job = Job(jobs.ClockSettings)
write_workbook(job.input[0], MARKETS[job.config["market"]].tz, job.output[0])
