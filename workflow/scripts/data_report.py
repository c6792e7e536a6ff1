from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import BY_NAME
from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.data import coverage_by_day, data_page, unknown_hours
from rtlmp.report.page import render
from rtlmp.schemas.core import Covered
from rtlmp.sources.freshness import age_limits, files_by_series, freshness, newest_known

job = Job(jobs.DataPageSettings)
c, p, files = job.config, job.params, files_by_series(job.input.raw)
[at] = (issue_time(c, day) for day in p.issued)
limits = age_limits(c["market"], c["source"])
fresh = freshness(newest_known(files, at), [BY_NAME[name] for name in p.series], at, limits)
shares = coverage_by_day(files, *p.span)
write_table(Covered, shares, job.output.covered)
unknown = unknown_hours(read_archive(job.input.hourly), c)
render(data_page(c, at, fresh, shares, unknown), job.output.html)
