from snakemake.iocontainers import Snakemake

from rtlmp.cases import read_cases
from rtlmp.catalog import MARKETS
from rtlmp.findings import MetricsBy
from rtlmp.judging import metrics_by
from rtlmp.tables import write

snakemake: Snakemake
c = snakemake.params.config
scored = read_cases(snakemake.input[0])
write(MetricsBy, metrics_by(scored, MARKETS[c["market"]].tz, c["seed"]), snakemake.output[0])
