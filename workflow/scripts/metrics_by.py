from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.evaluation.pairs import read_pairs
from rtlmp.evaluation.score_tables import metrics_by
from rtlmp.io.tables import write_table
from rtlmp.schemas.evaluation import MetricsBy

snakemake: Snakemake
c = snakemake.params.config
scored = read_pairs(snakemake.input[0])
write_table(MetricsBy, metrics_by(scored, MARKETS[c["market"]].tz, c["seed"]), snakemake.output[0])
