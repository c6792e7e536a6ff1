import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.judging import extra_metrics
from rtlmp.metrics import metrics
from rtlmp.tables import Metrics, Scored, read, write

snakemake: Snakemake
scored, seed = read(Scored, snakemake.input[0]), snakemake.params.config["seed"]
both = [metrics(scored, seed), extra_metrics(scored, seed)]
write(Metrics, pd.concat(both, ignore_index=True), snakemake.output[0])
