from rtlmp.battery.risk import portfolio_days, portfolio_of, risk_table
from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.tables import Revenue
from rtlmp.io.tables import read_table, read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.page import render
from rtlmp.report.revenue import risk_page
from rtlmp.schemas.core import Observations, Scored

job = Job(jobs.RiskSettings)
given, out, c = job.input, job.output, job.config
real, auction = (read_tables(Observations, of) for of in (given.real, given.dam))
scored, issued = read_table(Scored, given.forecasts), list(days(**job.params.window))
cases = portfolio_days(real, auction, scored, c, issued)
write_table(Revenue, table := risk_table(cases, c["seed"]), out.table)
render(risk_page(c["run"], portfolio_of(c), table, cases), out.page)
