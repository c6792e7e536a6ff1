from pathlib import Path

from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.daily import daily_page, read_daily
from rtlmp.report.explain import read_issues
from rtlmp.report.page import render
from rtlmp.report.record import enter
from rtlmp.report.scorecard import skill_without

job = Job(jobs.DailyPageSettings)
c, given = job.config, job.input
record = enter(given.forecast, given, Path(job.params.record), c["run"])
why = read_issues(given, given.gate, c, job.day)
without = skill_without(Path(job.params.without[0]), job.params.without[1])
made_of = read_daily(given, c, job.day, record)._replace(why=why, without=without)
render(daily_page(made_of, c), job.output[0])
