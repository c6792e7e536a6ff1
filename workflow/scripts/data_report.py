from rtlmp.asof.vintages import read_archive
from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.evaluation.tables import Covered, Lost
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.data import coverage_by_day, data_page, unknown_hours
from rtlmp.report.page import render
from rtlmp.sources.freshness import files_by_series, lately

job = Job(jobs.DataPageSettings)
c, p, files = job.config, job.params, files_by_series(job.input.raw)
[at] = (issue_time(c, day) for day in p.issued)
fresh, *_ = lately(job.input.raw, job.input.lost, at, c)
shares = coverage_by_day(files, *p.span)
write_table(Covered, shares, job.output.covered)
lost = read_tables(Lost, job.input.lost) if job.input.lost else None
unknown = unknown_hours(read_archive(job.input.hourly), c)
render(data_page(c, at, fresh, shares, unknown, lost, p.gaps, p.note), job.output.html)
