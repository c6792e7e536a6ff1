from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.evaluation.pairs import read_pairs
from rtlmp.io.files import write_text
from rtlmp.io.tables import read_table
from rtlmp.report.summary import Extent, summary
from rtlmp.schemas.core import Metrics

snakemake: Snakemake
p = snakemake.params
metrics = read_table(Metrics, snakemake.input.metrics)
extent = Extent([date.fromisoformat(day) for day in p.days], p.nodes)
text = summary(metrics, read_pairs(snakemake.input.forecasts), extent, p.run, p.seed)
write_text(text, snakemake.output[0])
