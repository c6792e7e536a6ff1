from pathlib import Path

from rtlmp.config import jobs
from rtlmp.io.tables import read_by_folder, read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.backtest import backtest_page
from rtlmp.report.page import picture, render
from rtlmp.report.read import read_backtest
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.evaluation import Significance

job = Job(jobs.ReportSettings)
c, given = job.config, job.input
tests = read_table(Significance, given.significance)
scenarios = read_by_folder(Metrics, given.scenarios)
pictures = [
    picture(path, Path(caption).read_text().strip())
    for path, caption in zip(given.figures, given.captions, strict=True)
]
page = backtest_page(c["run"], read_backtest(given, c), tests, scenarios, pictures)
render(page, job.output[0])
