import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.cases import read_cases
from rtlmp.judging import extra_metrics
from rtlmp.metrics import Scope, metrics
from rtlmp.tables import Metrics, write

snakemake: Snakemake
c, nodes = snakemake.params.config, snakemake.params.nodes
scope: Scope = "each" if nodes else "pooled"
both = [
    of(read_cases(snakemake.input[0], nodes), c["seed"], scope) for of in (metrics, extra_metrics)
]
write(Metrics, pd.concat(both, ignore_index=True), snakemake.output[0])
