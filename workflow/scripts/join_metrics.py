from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Metrics

job = Job()
write_table(Metrics, read_tables(Metrics, job.input), job.output[0])
