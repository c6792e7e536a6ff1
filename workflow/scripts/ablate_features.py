import sys

from snakemake.iocontainers import Snakemake

from rtlmp.io.files import write_text
from rtlmp.io.tables import write_table
from rtlmp.model_selection.ablation import ablate_features, ablation_page
from rtlmp.model_selection.folds import read_folds
from rtlmp.models.parameters import adopted
from rtlmp.schemas.selection import Ablation

snakemake: Snakemake
given, out = snakemake.input, snakemake.output
c = adopted(snakemake.params.config, given.parameters)
folds = read_folds(given, c, snakemake.params.window)
table = ablate_features(folds, c)
write_table(Ablation, table, out.table)
write_text(ablation_page(table, folds, c["run"]), out.page)
sys.stdout.write(f"what each part of the features adds: {out.page}\n")
