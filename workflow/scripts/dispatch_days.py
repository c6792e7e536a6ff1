from rtlmp.battery.dispatch import curves_of, dispatch_days, node_prices
from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.tables import DispatchDays
from rtlmp.io.files import folder_name
from rtlmp.io.tables import read_table, read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations, Scored

job = Job(jobs.DispatchSettings)
given = job.input
[node] = (n for n in job.config["nodes"] if folder_name(n) == job.wildcards.node)
prices = node_prices(node, *(read_tables(Observations, of) for of in (given.real, given.dam)))
curves = curves_of(read_table(Scored, given.forecasts), node)
made = dispatch_days(prices, curves, job.config, list(days(**job.params.window)))
write_table(DispatchDays, made, job.output[0])
