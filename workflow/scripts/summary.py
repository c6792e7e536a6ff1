from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.cases import read_cases
from rtlmp.disk import write_text
from rtlmp.summary import Extent, summary
from rtlmp.tables import Metrics, read

snakemake: Snakemake
p = snakemake.params
metrics = read(Metrics, snakemake.input.metrics)
extent = Extent([date.fromisoformat(day) for day in p.days], p.nodes)
text = summary(metrics, read_cases(snakemake.input.forecasts), extent, p.run, p.seed)
write_text(text, snakemake.output[0])
