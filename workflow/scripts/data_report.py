from datetime import date, datetime

from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME
from rtlmp.clock import issue_time
from rtlmp.disk import write_text
from rtlmp.freshness import allowed, by_series, freshness
from rtlmp.report.data import covered, page
from rtlmp.tables import Covered, write

snakemake: Snakemake
p, held = snakemake.params, by_series(snakemake.input)
at = issue_time(p.config, date.fromisoformat(p.date))
limits = allowed(p.config["market"]) if p.config["source"] == "live" else {}
fresh = freshness(held, [BY_NAME[name] for name in p.series], at, limits)
shares = covered(held, *map(datetime.fromisoformat, p.span))
write(Covered, shares, snakemake.output.covered)
write_text(page(p.config, at, fresh, shares), snakemake.output.html)
