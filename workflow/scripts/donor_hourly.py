import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.donors import renamed
from rtlmp.labels import hourly, published_in
from rtlmp.tables import Observations, read_all, write

snakemake: Snakemake
prices = renamed(read_all(Observations, snakemake.input), snakemake.params.donors)
series = prices.groupby(Observations.series)
each = [hourly(Observations.validate(of)) for _, of in series] or [prices]
made = Observations.validate(pd.concat(each, ignore_index=True))
write(Observations, published_in(made, snakemake.wildcards.month), snakemake.output[0])
