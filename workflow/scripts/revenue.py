from snakemake.iocontainers import Snakemake

from rtlmp.battery.revenue import revenue_table
from rtlmp.io.tables import read_tables, write_table
from rtlmp.schemas.evaluation import DispatchDays, Revenue

snakemake: Snakemake
c = snakemake.params.config
settled = read_tables(DispatchDays, snakemake.input)
write_table(DispatchDays, settled, snakemake.output.dispatch_days)
write_table(Revenue, revenue_table(settled, c["battery"], c["seed"]), snakemake.output.revenue)
