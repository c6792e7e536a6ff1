from pathlib import Path

from rtlmp.config import jobs
from rtlmp.evaluation.tables import Significance
from rtlmp.io.tables import read_by_folder, read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.backtest import backtest_page
from rtlmp.report.figures.backtest import FIGURES
from rtlmp.report.figures.data import read_backtest
from rtlmp.report.figures.style import save_figure
from rtlmp.report.page import picture, render
from rtlmp.schemas.core import Metrics, Scored

job = Job(jobs.ReportSettings)
c, given, out = job.config, job.input, job.output
backtest, pictures = read_backtest(given, c), []
issued = backtest.scored[Scored.issue_time].dt.tz_convert(backtest.tz).dt.date.unique()
for path, caption in zip(out.figures, given.captions, strict=True):
    save_figure(FIGURES[Path(path).stem](backtest), path, c, issued)
    pictures.append(picture(path, caption, job))
tests = read_table(Significance, given.significance)
scenarios = read_by_folder(Metrics, given.scenarios)
render(backtest_page(c["run"], backtest, tests, scenarios, pictures), out.page)
