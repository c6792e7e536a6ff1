from snakemake.iocontainers import Snakemake

from rtlmp.findings import Settled, Worth
from rtlmp.tables import read_all, write
from rtlmp.value.summary import worth

snakemake: Snakemake
c = snakemake.params.config
settled = read_all(Settled, snakemake.input)
write(Settled, settled, snakemake.output.settled)
write(Worth, worth(settled, c["battery"], c["seed"]), snakemake.output.worth)
