import shutil
from functools import partial

from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.io.files import atomic
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.workbook import write_workbook
from rtlmp.schemas.core import Bounded

job = Job(jobs.ClockSettings)
rows, tz = read_table(Bounded, job.input[0]), MARKETS[job.config["market"]].tz
for made, path in zip(job.input, job.output, strict=False):
    atomic(path, partial(shutil.copyfile, made))
atomic(job.output[2], partial(write_workbook, rows, tz))
