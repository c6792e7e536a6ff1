import pandas as pd
from snakemake.iocontainers import Snakemake

from rtlmp.io.files import atomic

snakemake: Snakemake
table = pd.read_parquet(snakemake.input[0])
atomic(snakemake.output[0], lambda path: table.to_csv(path, index=False))
