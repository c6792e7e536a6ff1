from snakemake.iocontainers import Snakemake

from rtlmp.cases import cases
from rtlmp.findings import Significance
from rtlmp.judging import significance
from rtlmp.metrics import metrics
from rtlmp.scenarios import together
from rtlmp.tables import Metrics, Scored, read, write

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
ours, theirs = (read(Scored, path) for path in (snakemake.input.ours, snakemake.input.theirs))
both = list(cases(together(ours, theirs, (c["run"], c["versus"]))))
write(Metrics, metrics(both, c["seed"]), out.metrics)
write(Significance, significance(both), out.significance)
