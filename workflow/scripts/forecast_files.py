from rtlmp.forecast.export import export_files
from rtlmp.pipeline.job import Job

job = Job()
export_files(job.input[0], job.output)
