from rtlmp.config import jobs
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.revenue import cumulative, earnings
from rtlmp.report.figures.style import save_figure
from rtlmp.report.page import render
from rtlmp.report.revenue import revenue_page
from rtlmp.schemas.evaluation import DispatchDays, Revenue

job = Job(jobs.DispatchSettings)
given, out, battery = job.input, job.output, job.config["battery"]
revenue = read_table(Revenue, given.revenue)
dispatched = read_table(DispatchDays, given.dispatch_days)
save_figure(earnings(revenue), out.earnings)
save_figure(cumulative(dispatched, battery["power_mw"]), out.cumulative)
figures = [out.earnings, out.cumulative]
render(revenue_page(job.config["run"], battery, revenue, figures), out.page)
