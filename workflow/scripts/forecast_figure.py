from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.forecast import forecast_figure
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.core import Bounded

job = Job(jobs.FigureSettings)
c, rows = job.config, read_table(Bounded, job.input[0])
for node, path in zip(c["figures"], job.output, strict=True):
    of_node = rows[rows[Bounded.location] == node]
    save_figure(forecast_figure(of_node, MARKETS[c["market"]].tz), path, c, [job.day])
