from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.daily import daily_page, read_daily
from rtlmp.report.page import render

job = Job(jobs.DailyPageSettings)
render(daily_page(read_daily(job.input, job.config, job.day), job.config), job.output[0])
