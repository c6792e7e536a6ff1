from snakemake.iocontainers import Snakemake

from rtlmp.disk import write_text
from rtlmp.summary import summary
from rtlmp.tables import Metrics, Scored, read

snakemake: Snakemake
metrics = read(Metrics, snakemake.input.metrics)
scored = read(Scored, snakemake.input.forecasts)
write_text(summary(metrics, scored, snakemake.params.run), snakemake.output[0])
