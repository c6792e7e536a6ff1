from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Freshness
from rtlmp.sources.freshness import age_limits, files_by_series, freshness

snakemake: Snakemake
c = snakemake.params.config
at = issue_time(c, date.fromisoformat(snakemake.wildcards.date))
held = files_by_series(snakemake.input)
write_table(
    Freshness, freshness(held, list(held), at, age_limits(c["market"])), snakemake.output[0]
)
