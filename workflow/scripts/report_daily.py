from pathlib import Path

from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.daily import daily_page, read_daily
from rtlmp.report.page import render
from rtlmp.report.record import enter

job = Job(jobs.DailyPageSettings)
c, given = job.config, job.input
record = enter(given.forecast, given, Path(job.params.record), c["run"])
render(daily_page(read_daily(given, c, job.day)._replace(record=record), c), job.output[0])
