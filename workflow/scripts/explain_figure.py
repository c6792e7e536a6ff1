from itertools import product

from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.drivers import explanation
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.evaluation import Drivers

job = Job(jobs.FigureSettings)
c, tz = job.config, MARKETS[job.config["market"]].tz
tables = dict(zip(c["nodes"], job.input, strict=True))
for (node, x), path in zip(product(c["figures"], c["thresholds"]), job.output, strict=True):
    save_figure(explanation(read_table(Drivers, tables[node]), tz, x), path)
