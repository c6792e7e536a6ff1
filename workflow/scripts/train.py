from datetime import date

from snakemake.iocontainers import Snakemake

from rtlmp.asof import archive
from rtlmp.models.store import save
from rtlmp.tables import Features, Observations, read_all, read_each
from rtlmp.training import train

snakemake: Snakemake
given = snakemake.input
features = read_each(Features, [*given.features, *given.donor_features])
prices = archive([read_all(Observations, [*given.hourly, *given.donor_hourly])])
day = date.fromisoformat(snakemake.wildcards.date)
trained = train(features, prices, snakemake.params.config, day)
save(trained, snakemake.output.boosters, snakemake.output.card)
