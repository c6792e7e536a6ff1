from snakemake.iocontainers import Snakemake

from rtlmp.io.tables import read_table
from rtlmp.report.figures.revenue import cumulative, earnings
from rtlmp.report.figures.style import save_figure
from rtlmp.report.page import render
from rtlmp.report.revenue import revenue_page
from rtlmp.schemas.evaluation import DispatchDays, Revenue

snakemake: Snakemake
c, given, out = snakemake.params.config, snakemake.input, snakemake.output
revenue = read_table(Revenue, given.revenue)
save_figure(earnings(revenue), out.earnings)
save_figure(
    cumulative(read_table(DispatchDays, given.dispatch_days), c["battery"]["power_mw"]),
    out.cumulative,
)
render(revenue_page(c["run"], c["battery"], revenue, [out.earnings, out.cumulative]), out.page)
