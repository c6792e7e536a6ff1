from rtlmp.config import jobs
from rtlmp.io.tables import write_table
from rtlmp.model_selection.cross_validation import fold_metrics, folds_table, forecast_rows, refit
from rtlmp.model_selection.folds import read_folds
from rtlmp.model_selection.recalibration import recalibration_skill
from rtlmp.model_selection.tables import FoldMetrics, Folds, Recalibrated
from rtlmp.models.parameters import adopted
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Scored

job = Job(jobs.FoldSettings)
given, out = job.input, job.output
c = adopted(job.config, given.parameters)
folds = read_folds(given, c, job.params.window)
each = refit(folds, c)
rows = forecast_rows(each, c)
write_table(Folds, folds_table(each), out.folds)
write_table(Scored, rows, out.forecasts)
write_table(FoldMetrics, fold_metrics(rows, c["seed"]), out.metrics)
write_table(Recalibrated, recalibration_skill(each, c), out.calibration)
