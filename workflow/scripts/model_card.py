from snakemake.iocontainers import Snakemake

from rtlmp.asof.vintages import read_archive
from rtlmp.features.history import read_history
from rtlmp.io.files import write_text
from rtlmp.models.store import load_model
from rtlmp.report.model_card import model_card

snakemake: Snakemake
given = snakemake.input
history, prices = [read_history(path) for path in given.history], read_archive(given.hourly)
model = load_model(given.boosters, given.card)
write_text(model_card(model, history, prices, snakemake.params.config), snakemake.output[0])
