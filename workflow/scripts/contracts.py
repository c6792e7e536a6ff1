from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.settlement.blocks import hourly_prices
from rtlmp.settlement.contracts import contract_table

job = Job(jobs.ContractSettings)
given, c = job.input, job.config
real, auction, plants = (read_tables(Observations, given[k]) for k in ("real", "dam", "plants"))
prices = hourly_prices(real, auction, no_observations(), MARKETS[c["market"]])
days = read_tables(DispatchDays, [given.days]) if given.days else DispatchDays.empty()
write_table(Revenue, contract_table(c, prices, plants, days), job.output[0])
