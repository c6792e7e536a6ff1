from rtlmp.io.files import atomic
from rtlmp.io.tables import read_frame
from rtlmp.pipeline.job import Job

job = Job()
table = read_frame(job.input[0])
atomic(job.output[0], lambda path: table.to_csv(path, index=False))
