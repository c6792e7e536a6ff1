from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.hourly import published_in_month
from rtlmp.asof.vintages import load_observations, merge_series, save_observations
from rtlmp.config import jobs
from rtlmp.pipeline.job import Job

job = Job(jobs.AuxiliarySettings)
nodes, month = job.config["auxiliary_nodes"], job.wildcards.month
prices = auxiliary_series(load_observations(job.input, [n["at"] for n in nodes.values()]), nodes)
made = (published_in_month(of, q, month) for q, of in prices.items())
save_observations(merge_series(*made), job.output[0])
