from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Freshness
from rtlmp.sources.freshness import age_limits, files_by_series, freshness

snakemake: Snakemake
c = snakemake.params.config
at = issue_time(c, date.fromisoformat(snakemake.wildcards.date))
files = files_by_series(snakemake.input)
fresh = freshness(files, list(files), at, age_limits(c["market"], "live"))
write_table(Freshness, fresh, snakemake.output[0])
