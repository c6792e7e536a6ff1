import pandas as pd

from rtlmp.io.files import atomic
from rtlmp.pipeline.job import Job

job = Job()
table = pd.read_parquet(job.input[0])
atomic(job.output[0], lambda path: table.to_csv(path, index=False))
