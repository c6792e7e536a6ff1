from rtlmp.battery.revenue import revenue_table
from rtlmp.config import jobs
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.io.tables import read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.revenue import cumulative, earnings
from rtlmp.report.figures.style import save_figure
from rtlmp.report.page import render
from rtlmp.report.revenue import revenue_page

job = Job(jobs.DispatchSettings)
c, out, battery = job.config, job.output, job.config["battery"]
dispatched = read_tables(DispatchDays, job.input.days)
revenue = revenue_table(dispatched, battery, c["seed"])
write_table(DispatchDays, dispatched, out.dispatch_days)
write_table(Revenue, revenue, out.revenue)
days = dispatched[DispatchDays.day]
save_figure(earnings(revenue), out.earnings, c, days)
save_figure(cumulative(dispatched, battery["power_mw"]), out.cumulative, c, days)
render(revenue_page(c["run"], battery, revenue, [out.earnings, out.cumulative]), out.page)
