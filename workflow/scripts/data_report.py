from datetime import date, datetime

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME
from rtlmp.clock import issue_time
from rtlmp.io.tables import write_table
from rtlmp.report.data import coverage_by_day, data_page
from rtlmp.report.page import render
from rtlmp.schemas.core import Covered
from rtlmp.sources.freshness import age_limits, files_by_series, freshness

snakemake: Snakemake
p, files = snakemake.params, files_by_series(snakemake.input)
at = issue_time(p.config, date.fromisoformat(p.date))
limits = age_limits(p.config["market"], p.config["source"])
fresh = freshness(files, [BY_NAME[name] for name in p.series], at, limits)
shares = coverage_by_day(files, *map(datetime.fromisoformat, p.span))
write_table(Covered, shares, snakemake.output.covered)
render(data_page(p.config, at, fresh, shares), snakemake.output.html)
