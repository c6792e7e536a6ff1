from rtlmp.catalog import MARKETS
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations
from rtlmp.settlement.congestion import Congestion, congestion_table

job = Job()
market, of, given = MARKETS[job.params.market], job.params, job.input
real, dam, energy = (read_tables(Observations, given[k]) for k in ("real", "dam", "energy"))
made = congestion_table(real, dam, energy, market, of.window, of.seed)
write_table(Congestion, made, job.output[0])
