from snakemake.iocontainers import Snakemake

from rtlmp.archive import load, merged, save
from rtlmp.donors import renamed
from rtlmp.hourly import monthly

snakemake: Snakemake
donors, month = snakemake.params.donors, snakemake.wildcards.month
prices = renamed(load(snakemake.input, [d["at"] for d in donors.values()]), donors)
made = (monthly(of, q, month) for q, of in prices.items())
save(merged(*made), snakemake.output[0])
