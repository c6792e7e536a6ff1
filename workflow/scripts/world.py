import pandas as pd

from rtlmp.catalog import BY_NAME, MARKETS
from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations, Truth
from rtlmp.sources.synthetic.market import world

job = Job(jobs.WorldSettings)
c, tz = job.config, MARKETS[job.config["market"]].tz
span = c["synthetic"]["start"], c["synthetic"]["end"]
target, issued = BY_NAME[c["target"]], c["issue_time"]
made = world(*span, c["nodes"], c["thresholds"], issued, tz, target, c["seed"])
everything = pd.concat(made.observations.values(), ignore_index=True)
write_table(Observations, everything, job.output.observations)
write_table(Truth, made.truth, job.output.truth)
