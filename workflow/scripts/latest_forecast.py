import shutil
from functools import partial

from rtlmp.io.files import atomic
from rtlmp.pipeline.job import Job

job = Job()
for made, path in zip(job.input, job.output, strict=True):
    atomic(path, partial(shutil.copyfile, made))
