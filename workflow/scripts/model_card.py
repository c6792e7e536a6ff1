from snakemake.iocontainers import Snakemake

from rtlmp.archive import archive_of
from rtlmp.disk import write_text
from rtlmp.history import read
from rtlmp.model_card import model_card
from rtlmp.models.store import load

snakemake: Snakemake
given = snakemake.input
history, prices = [read(path) for path in given.history], archive_of(given.hourly)
model = load(given.boosters, given.card)
write_text(model_card(model, history, prices, snakemake.params.config), snakemake.output[0])
