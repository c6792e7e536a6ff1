from snakemake.iocontainers import Snakemake

from rtlmp.metrics import metrics
from rtlmp.tables import Metrics, Scored, read, write

snakemake: Snakemake
scored = read(Scored, snakemake.input[0])
write(Metrics, metrics(scored, snakemake.params.config["seed"]), snakemake.output[0])
