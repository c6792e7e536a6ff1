import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.catalog import BY_NAME, MARKETS
from rtlmp.sources.synthetic import world
from rtlmp.tables import Observations, Truth, write

snakemake: Snakemake
c = snakemake.params.config
span = c["synthetic"]["start"], c["synthetic"]["end"]
asks = c["nodes"], c["thresholds"], c["issue_time"]
made = world(*span, *asks, MARKETS[c["market"]].tz, BY_NAME[c["target"]], c["seed"])
everything = pd.concat(made.observations.values(), ignore_index=True)
write(Observations, everything, snakemake.output.observations)
write(Truth, made.truth, snakemake.output.truth)
