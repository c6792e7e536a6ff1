from rtlmp.pipeline.job import Job
from rtlmp.report.export import export_files

job = Job()
export_files(job.input[0], job.output)
