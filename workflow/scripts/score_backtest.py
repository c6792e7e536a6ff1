from snakemake.iocontainers import Snakemake

from rtlmp.evaluation.pairs import read_pairs
from rtlmp.evaluation.score_tables import decisions, reliability_table, significance
from rtlmp.io.tables import write_table
from rtlmp.schemas.evaluation import Decisions, Reliability, Significance

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
scored = list(read_pairs(snakemake.input[0]))
write_table(Decisions, decisions(scored, c["cost_loss"]), out.decisions)
write_table(Significance, significance(scored), out.significance)
write_table(Reliability, reliability_table(scored, c["seed"]), out.reliability)
