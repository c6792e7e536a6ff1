from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.report.daily import daily_page
from rtlmp.report.page import render
from rtlmp.report.read import read_daily

snakemake: Snakemake
issued = date.fromisoformat(snakemake.wildcards.date)
c = snakemake.params.config
render(daily_page(read_daily(snakemake.input, c, issued), c), snakemake.output[0])
