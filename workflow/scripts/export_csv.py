from rtlmp.io.tables import read_frame
from rtlmp.pipeline.job import Job
from rtlmp.report.sheet import write_csv

job = Job()
write_csv(read_frame(job.input[0]), job.output[0])
