from rtlmp.battery.revenue import revenue_table
from rtlmp.config import jobs
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.evaluation import DispatchDays, Revenue

job = Job(jobs.DispatchSettings)
c, out, dispatched = job.config, job.output, read_tables(DispatchDays, job.input)
write_table(DispatchDays, dispatched, out.dispatch_days)
write_table(Revenue, revenue_table(dispatched, c["battery"], c["seed"]), out.revenue)
