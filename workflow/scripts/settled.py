from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.findings import Settled
from rtlmp.tables import Observations, Scored, read, read_all, write
from rtlmp.value.worth import curves_of, node_prices, worth_of_node

snakemake: Snakemake
c, node = snakemake.params.config, snakemake.wildcards.node
prices = node_prices(node, *(read_all(Observations, snakemake.input[k]) for k in ("real", "dam")))
curves = curves_of(read(Scored, snakemake.input.forecasts), node)
issued = [date.fromisoformat(day) for day in snakemake.params.days]
write(Settled, worth_of_node(prices, curves, c, issued), snakemake.output[0])
