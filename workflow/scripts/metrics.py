from snakemake.iocontainers import Snakemake

from rtlmp.evaluation.pairs import read_pairs
from rtlmp.evaluation.score_tables import all_metrics
from rtlmp.evaluation.scores import Scope
from rtlmp.io.tables import write_table
from rtlmp.schemas.core import Metrics

snakemake: Snakemake
c, nodes = snakemake.params.config, snakemake.params.nodes
scope: Scope = "each" if nodes else "pooled"
made = all_metrics(read_pairs(snakemake.input[0], nodes), c["seed"], scope)
write_table(Metrics, made, snakemake.output[0])
