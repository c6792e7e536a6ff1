from itertools import product

from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.evaluation.tables import Drivers
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.explain import explain, read_issues
from rtlmp.report.figures.drivers import explanation
from rtlmp.report.figures.style import save_figure

job = Job(jobs.FigureSettings)
c, given, out, xs = job.config, job.input, job.output, job.config["thresholds"]
issues = read_issues(given, given.gate, c, job.day)
figures = dict(zip(product(c["figures"], xs), out.figures, strict=True))
for node, path in zip(c["nodes"], out.tables, strict=True):
    table = explain(node, issues[node], xs)
    write_table(Drivers, table, path)
    for x in xs if node in c["figures"] else ():
        save_figure(explanation(table, MARKETS[c["market"]].tz, x), figures[node, x], c, [job.day])
