from snakemake.iocontainers import Snakemake

from rtlmp.figures.money import cumulative, earnings
from rtlmp.findings import Settled, Worth
from rtlmp.plots import save
from rtlmp.report.page import render
from rtlmp.report.value import page
from rtlmp.tables import read

snakemake: Snakemake
c, given, out = snakemake.params.config, snakemake.input, snakemake.output
worth = read(Worth, given.worth)
save(earnings(worth), out.earnings)
save(cumulative(read(Settled, given.settled), c["battery"]["power_mw"]), out.cumulative)
render(page(c["run"], c["battery"], worth, [out.earnings, out.cumulative]), out.page)
