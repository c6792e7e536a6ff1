from snakemake.iocontainers import Snakemake

from rtlmp.tables import Metrics, read_all, write

snakemake: Snakemake
write(Metrics, read_all(Metrics, snakemake.input), snakemake.output[0])
