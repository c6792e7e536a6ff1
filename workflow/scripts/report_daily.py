from rtlmp.config.jobs import DailyPageSettings
from rtlmp.pipeline.job import Job
from rtlmp.report.daily import daily_page
from rtlmp.report.page import render
from rtlmp.report.read import read_daily

job = Job(DailyPageSettings)
render(daily_page(read_daily(job.input, job.config, job.day), job.config), job.output[0])
