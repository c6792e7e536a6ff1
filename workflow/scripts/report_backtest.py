from snakemake.iocontainers import Snakemake

from rtlmp.findings import Significance
from rtlmp.report.backtest import page
from rtlmp.report.page import render
from rtlmp.report.read import finished
from rtlmp.tables import Metrics, read, read_each

snakemake: Snakemake
c, given = snakemake.params.config, snakemake.input
tests = read(Significance, given.significance)
scenarios = read_each(Metrics, given.scenarios)
render(page(c["run"], finished(given, c), tests, scenarios, given.figures), snakemake.output[0])
