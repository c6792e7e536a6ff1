from rtlmp.config.jobs import FoldSettings
from rtlmp.io.tables import write_table
from rtlmp.model_selection.cross_validation import (
    fold_forecasts,
    fold_metrics,
    fold_models,
    folds_table,
    predicted,
)
from rtlmp.model_selection.folds import read_folds
from rtlmp.model_selection.recalibration import recalibration_skill
from rtlmp.models.parameters import adopted
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Scored
from rtlmp.schemas.selection import FoldMetrics, Folds, Recalibrated

job = Job(FoldSettings)
given, out = job.input, job.output
c = adopted(job.config, given.parameters)
folds = read_folds(given, c, job.params.window)
models = fold_models(folds, c)
each = predicted(models, folds, c["thresholds"])
forecasts = fold_forecasts(folds, each, c)
write_table(Folds, folds_table(folds, models), out.folds)
write_table(Scored, forecasts, out.forecasts)
write_table(FoldMetrics, fold_metrics(forecasts, c["seed"]), out.metrics)
write_table(Recalibrated, recalibration_skill(folds, each, c), out.calibration)
