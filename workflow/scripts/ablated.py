import sys

from snakemake.iocontainers import Snakemake

from rtlmp.ablation import ablated, page
from rtlmp.disk import write_text
from rtlmp.fold_tables import Ablation
from rtlmp.folds import read_folds
from rtlmp.parameters import adopted
from rtlmp.tables import write

snakemake: Snakemake
given, out = snakemake.input, snakemake.output
c = adopted(snakemake.params.config, given.parameters)
folds = read_folds(given, c, snakemake.params.window)
table = ablated(folds, c)
write(Ablation, table, out.table)
write_text(page(table, folds, c["run"]), out.page)
sys.stdout.write(f"what each part of the features adds: {out.page}\n")
