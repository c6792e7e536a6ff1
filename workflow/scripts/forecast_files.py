from functools import partial

from rtlmp.catalog import MARKETS
from rtlmp.config import jobs
from rtlmp.forecast.export import export_files
from rtlmp.io.files import atomic
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.workbook import write_workbook
from rtlmp.schemas.core import Bounded

job = Job(jobs.ClockSettings)
export_files(job.input[0], job.output.parts)
rows, tz = read_table(Bounded, job.input[0]), MARKETS[job.config["market"]].tz
atomic(job.output.book, partial(write_workbook, rows, tz))
