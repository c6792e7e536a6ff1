from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import scenario_rows
from rtlmp.evaluation.score_tables import significance
from rtlmp.evaluation.scores import score_table
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Significance

snakemake: Snakemake
c, out = snakemake.params.config, snakemake.output
tz, scenario = MARKETS[c["market"]].tz, snakemake.params.scenario
part = list(pairs(scenario_rows(read_table(Scored, snakemake.input[0]), scenario, tz)))
write_table(Metrics, score_table(part, c["seed"]), out.metrics)
write_table(Significance, significance(part), out.significance)
