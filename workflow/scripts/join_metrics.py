from snakemake.iocontainers import Snakemake

from rtlmp.io.tables import read_tables, write_table
from rtlmp.schemas.core import Metrics

snakemake: Snakemake
write_table(Metrics, read_tables(Metrics, snakemake.input), snakemake.output[0])
