from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.forecast.export import export_files
from rtlmp.pipeline.job import Job
from rtlmp.report.workbook import write_workbook

job = Job(jobs.ClockSettings)
export_files(whole := job.input[0], job.output.parts)
write_workbook(whole, MARKETS[job.config["market"]].tz, job.output.book)
