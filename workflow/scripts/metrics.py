from snakemake.iocontainers import Snakemake

from rtlmp.cases import read_cases
from rtlmp.judging import every_metric
from rtlmp.metrics import Scope
from rtlmp.tables import Metrics, write

snakemake: Snakemake
c, nodes = snakemake.params.config, snakemake.params.nodes
scope: Scope = "each" if nodes else "pooled"
made = every_metric(read_cases(snakemake.input[0], nodes), c["seed"], scope)
write(Metrics, made, snakemake.output[0])
