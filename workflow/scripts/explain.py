from itertools import product

from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.evaluation.tables import Drivers
from rtlmp.forecast.gate import Decisions, serving_models
from rtlmp.io.files import load_json
from rtlmp.io.tables import read_by_folder, write_table
from rtlmp.models.store import load_models
from rtlmp.pipeline.job import Job
from rtlmp.report.explain import explain, issued
from rtlmp.report.figures.drivers import explanation
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.core import Features

job = Job(jobs.FigureSettings)
c, given, out, xs = job.config, job.input, job.output, job.config["thresholds"]
gate = load_json(given.gate, Decisions)
champions = serving_models(load_models(given.boosters, given.cards), gate)
issues = issued(champions, read_by_folder(Features, given.features, c["nodes"]), c, job.day)
figures = dict(zip(product(c["figures"], xs), out.figures, strict=True))
for node, path in zip(c["nodes"], out.tables, strict=True):
    table = explain(node, issues[node], xs)
    write_table(Drivers, table, path)
    for x in xs if node in c["figures"] else ():
        save_figure(explanation(table, MARKETS[c["market"]].tz, x), figures[node, x])
