from snakemake.iocontainers import Snakemake

from rtlmp.disk import write_text
from rtlmp.summary import summary
from rtlmp.tables import Metrics, Scored, read

snakemake: Snakemake
metrics = read(Metrics, snakemake.input.metrics)
scored = read(Scored, snakemake.input.forecasts)
text = summary(metrics, scored, snakemake.params.run, snakemake.params.seed)
write_text(text, snakemake.output[0])
