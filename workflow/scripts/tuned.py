from snakemake.iocontainers import Snakemake

from rtlmp.disk import write_json
from rtlmp.fold_tables import Trials
from rtlmp.folds import read_folds
from rtlmp.tables import write
from rtlmp.tuning import tuned

snakemake: Snakemake
given, c = snakemake.input, snakemake.params.config
folds = read_folds(given, c, snakemake.params.window)
trials, found = tuned(folds, c)
write(Trials, trials, snakemake.output.trials)
write_json(found, snakemake.output.parameters)
