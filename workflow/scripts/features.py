from rtlmp.asof.vintages import read_archive
from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.features.matrix import monthly_features
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Features

job = Job(jobs.NodeSettings)
data = read_archive([*job.input.raw, *job.input.hourly])
paths = dict(zip(job.config["nodes"], job.output, strict=True))
for node, table in monthly_features(data, list(days(*job.params.span)), job.config):
    write_table(Features, table, paths[node])
