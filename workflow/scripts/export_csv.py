import pandas as pd

from rtlmp.io.tables import write_csv
from rtlmp.pipeline.job import Job

job = Job()
write_csv(pd.read_parquet(job.input[0]), job.output[0])
