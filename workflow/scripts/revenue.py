from rtlmp.battery import reserve_series
from rtlmp.battery.dispatch import node_prices
from rtlmp.battery.revenue import revenue_table
from rtlmp.battery.trade import reserve_prices, trade_table
from rtlmp.clock import days
from rtlmp.config import jobs
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.io.tables import read_table, read_tables, write_table
from rtlmp.pipeline.job import Job
from rtlmp.report.figures.revenue import cumulative, earnings
from rtlmp.report.figures.style import save_figure
from rtlmp.report.page import picture, render
from rtlmp.report.revenue import revenue_page
from rtlmp.schemas.core import Observations, Scored

job = Job(jobs.DispatchSettings)
c, given, out, battery = job.config, job.input, job.output, job.config["battery"]
dispatched = read_tables(DispatchDays, given.days)
write_table(DispatchDays, dispatched, out.dispatch_days)
write_table(Revenue, revenue := revenue_table(dispatched, battery, c["seed"]), out.revenue)
series, window = reserve_series(battery), [*days(**job.params.window)]
real, auction = (read_tables(Observations, of) for of in (given.real, given.dam))
sold = reserve_prices(read_tables(Observations, given.reserves), series) if series else None
nodes = [node_prices(node, real, auction) for node in c["nodes"]]
trade = trade_table(nodes, read_table(Scored, given.forecasts), sold, c, window)
write_table(Revenue, trade, out.trade)
save_figure(earnings(revenue), out.earnings, c, window)
save_figure(cumulative(dispatched, battery["power_mw"]), out.cumulative, c, window)
pictures = [picture(path, of, job) for path, of in zip(out[-2:], given.captions, strict=True)]
render(revenue_page(c["run"], battery, revenue, trade, pictures), out.page)
