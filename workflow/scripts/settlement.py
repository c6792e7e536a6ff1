from snakemake.iocontainers import Snakemake

from rtlmp.catalog import MARKETS
from rtlmp.findings import Blocks, Components, LoadRisk, TopBottom
from rtlmp.settlement import blocks, components, hourly_prices, load_risk, top_bottom
from rtlmp.tables import Observations, read_all, write

snakemake: Snakemake
market, given, out = MARKETS[snakemake.params.config["market"]], snakemake.input, snakemake.output
real, auction, load = (read_all(Observations, given[k]) for k in ("real", "auction", "load"))
prices = hourly_prices(real, auction, load, market)
write(Blocks, blocks(prices, market), out.blocks)
write(LoadRisk, load_risk(prices), out.load_risk)
write(TopBottom, top_bottom(prices), out.top_bottom)
write(Components, components(read_all(Observations, given.parts), market), out.components)
