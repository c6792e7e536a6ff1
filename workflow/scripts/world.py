import pandas as pd

from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations, Truth
from rtlmp.sources.synthetic.market import world

job = Job(jobs.WorldSettings)
made = world(job.config, job.params.series)
everything = pd.concat(made.observations.values(), ignore_index=True)
write_table(Observations, everything, job.output.observations)
write_table(Truth, made.truth, job.output.truth)
