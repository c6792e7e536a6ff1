from rtlmp.catalog import MARKETS
from rtlmp.evaluation.tables import Blocks, Components, Costs, LoadRisk, TopBottom
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations
from rtlmp.settlement.blocks import blocks, components, hourly_prices, load_risk, top_bottom
from rtlmp.settlement.contracts import costs

job = Job()
market, given, out = MARKETS[job.params.market], job.input, job.output
real, auction, load = (read_tables(Observations, given[k]) for k in ("real", "auction", "load"))
prices = hourly_prices(real, auction, load, market)
write_table(Blocks, blocks(prices, market), out.blocks)
write_table(LoadRisk, load_risk(prices), out.load_risk)
write_table(TopBottom, top_bottom(prices), out.top_bottom)
split = components(read_tables(Observations, given.parts), market)
write_table(Components, split, out.components)
write_table(Costs, costs(prices, split, job.params.costs), out.costs)
