from functools import partial
from shutil import copyfile

from rtlmp.io.files import atomic
from rtlmp.pipeline.job import Job

job = Job()
for raw, path in zip(job.input, job.output, strict=True):
    atomic(path, partial(copyfile, raw))
