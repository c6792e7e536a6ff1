from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.clock import issue_time
from rtlmp.freshness import allowed, by_series, freshness
from rtlmp.tables import Freshness, write

snakemake: Snakemake
c = snakemake.params.config
at = issue_time(c, date.fromisoformat(snakemake.wildcards.date))
held = by_series(snakemake.input)
write(Freshness, freshness(held, list(held), at, allowed(c["market"])), snakemake.output[0])
