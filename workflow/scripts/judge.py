from snakemake.iocontainers import Snakemake

from rtlmp.findings import Decisions, Reliability, Significance
from rtlmp.judging import decisions, reliability_table, significance
from rtlmp.tables import Scored, read, write

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
scored = read(Scored, snakemake.input[0])
write(Decisions, decisions(scored, c["cost_loss"]), out.decisions)
write(Significance, significance(scored), out.significance)
write(Reliability, reliability_table(scored, c["seed"]), out.reliability)
