from snakemake.iocontainers import Snakemake

from rtlmp.calibration import judged
from rtlmp.fold_tables import FoldMetrics, Folds, Recalibrated
from rtlmp.folds import read_folds
from rtlmp.parameters import adopted
from rtlmp.tables import Scored, write
from rtlmp.validation import fold_metrics, models_of, predicted, scored, spans_table

snakemake: Snakemake
given, out = snakemake.input, snakemake.output
c = adopted(snakemake.params.config, given.parameters)
folds = read_folds(given, c, snakemake.params.window)
models = models_of(folds, c)
each = predicted(models, folds, c["thresholds"])
forecasts = scored(folds, each, c)
write(Folds, spans_table(folds, models), out.folds)
write(Scored, forecasts, out.forecasts)
write(FoldMetrics, fold_metrics(forecasts, c["seed"]), out.metrics)
write(Recalibrated, judged(folds, each, c), out.calibration)
