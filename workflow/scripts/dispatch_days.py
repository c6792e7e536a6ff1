from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.battery.dispatch import curves_of, dispatch_days, node_prices
from rtlmp.io.tables import read_table, read_tables, write_table
from rtlmp.schemas.core import Observations, Scored
from rtlmp.schemas.evaluation import DispatchDays

snakemake: Snakemake
c, node = snakemake.params.config, snakemake.wildcards.node
prices = node_prices(
    node, *(read_tables(Observations, snakemake.input[k]) for k in ("real", "dam"))
)
curves = curves_of(read_table(Scored, snakemake.input.forecasts), node)
issued = [date.fromisoformat(day) for day in snakemake.params.days]
write_table(DispatchDays, dispatch_days(prices, curves, c, issued), snakemake.output[0])
