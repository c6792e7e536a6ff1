from snakemake.iocontainers import Snakemake

from rtlmp.cases import cases
from rtlmp.catalog import MARKETS
from rtlmp.findings import Significance
from rtlmp.judging import significance
from rtlmp.metrics import metrics
from rtlmp.scenarios import selected
from rtlmp.tables import Metrics, Scored, read, write

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
tz, scenario = MARKETS[c["market"]].tz, snakemake.params.scenario
part = list(cases(selected(read(Scored, snakemake.input[0]), scenario, tz)))
write(Metrics, metrics(part, c["seed"]), out.metrics)
write(Significance, significance(part), out.significance)
