from snakemake.iocontainers import Snakemake

from rtlmp.spread import spread

snakemake: Snakemake
spread(snakemake.input[0], snakemake.output)
