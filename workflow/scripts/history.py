from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.vintages import index_vintages, load_observations, merge_series
from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.features.history import write_history
from rtlmp.features.matrix import training_features
from rtlmp.pipeline.job import Job

job = Job(jobs.PoolSettings)
p = job.params
seen = load_observations([*job.input.raw, *job.input.hourly])
data = index_vintages(merge_series(seen, auxiliary_series(seen, p.auxiliary_nodes, auction=True)))
rows = training_features(data, list(days(*p.span)), job.config, p.sample)
for pool, path in zip(job.config["pools"], job.output, strict=True):
    write_history(rows[pool], path)
