from snakemake.iocontainers import Snakemake

from rtlmp.io.files import write_json
from rtlmp.io.tables import write_table
from rtlmp.model_selection.folds import read_folds
from rtlmp.model_selection.tuning import tune_model
from rtlmp.schemas.selection import Trials

snakemake: Snakemake
given, c = snakemake.input, snakemake.params.config
folds = read_folds(given, c, snakemake.params.window)
trials, found = tune_model(folds, c)
write_table(Trials, trials, snakemake.output.trials)
write_json(found, snakemake.output.parameters)
