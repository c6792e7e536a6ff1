from snakemake.iocontainers import Snakemake

from rtlmp.forecast.export import export_files

snakemake: Snakemake
export_files(snakemake.input[0], snakemake.output)
