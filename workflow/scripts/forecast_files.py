from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.export import export_files, write_workbook

job = Job(jobs.ClockSettings)
export_files(whole := job.input[0], job.output.parts)
write_workbook(whole, MARKETS[job.config["market"]].tz, job.output.book)
