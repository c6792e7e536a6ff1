from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.report.daily import page
from rtlmp.report.page import render
from rtlmp.report.read import day

snakemake: Snakemake
issued = date.fromisoformat(snakemake.wildcards.date)
c = snakemake.params.config
render(page(day(snakemake.input, c, issued), c), snakemake.output[0])
