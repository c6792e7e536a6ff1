from shutil import copyfile

from rtlmp.pipeline.job import Job

job = Job()
for raw, path in zip(job.input, job.output, strict=True):
    copyfile(raw, path)
