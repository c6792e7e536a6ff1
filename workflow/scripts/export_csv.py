from rtlmp.io.tables import read_frame, write_csv
from rtlmp.pipeline.job import Job

job = Job()
write_csv(read_frame(job.input[0]), job.output[0])
