import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME, MARKETS
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Observations, Truth
from rtlmp.sources.synthetic.market import world

snakemake: Snakemake
c = snakemake.params.config
span = c["synthetic"]["start"], c["synthetic"]["end"]
asks = c["nodes"], c["thresholds"], c["issue_time"]
made = world(*span, *asks, MARKETS[c["market"]].tz, BY_NAME[c["target"]], c["seed"])
everything = pd.concat(made.observations.values(), ignore_index=True)
write_table(Observations, everything, snakemake.output.observations)
write_table(Truth, made.truth, snakemake.output.truth)
