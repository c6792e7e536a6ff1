from snakemake.iocontainers import Snakemake

from rtlmp.archive import load, merged, save
from rtlmp.donors import renamed
from rtlmp.hourly import hourly, published_in

snakemake: Snakemake
donors, month = snakemake.params.donors, snakemake.wildcards.month
prices = renamed(load(snakemake.input, [d["at"] for d in donors.values()]), donors)
made = merged(
    *(
        {of: (published_in(part, month), names) for of, part in hourly(rows, q).items()}
        for q, (rows, names) in prices.items()
    )
)
save(made, snakemake.output[0])
