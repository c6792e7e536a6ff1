from rtlmp.config import jobs
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.backtest import FIGURES
from rtlmp.report.figures.style import save_figure
from rtlmp.report.read import read_backtest

job = Job(jobs.ReportSettings)
backtest = read_backtest(job.input, job.config)
for name, path in zip(job.params.figures, job.output, strict=True):
    save_figure(FIGURES[name](backtest), path)
