from snakemake.iocontainers import Snakemake

from rtlmp.cases import read_cases
from rtlmp.findings import Decisions, Reliability, Significance
from rtlmp.judging import decisions, reliability_table, significance
from rtlmp.tables import write

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
scored = list(read_cases(snakemake.input[0]))
write(Decisions, decisions(scored, c["cost_loss"]), out.decisions)
write(Significance, significance(scored), out.significance)
write(Reliability, reliability_table(scored, c["seed"]), out.reliability)
