from rtlmp.config import jobs
from rtlmp.io.files import write_json
from rtlmp.io.tables import write_table
from rtlmp.model_selection.folds import read_folds
from rtlmp.model_selection.tables import Trials
from rtlmp.model_selection.tuning import tune_model
from rtlmp.pipeline.job import Job

job = Job(jobs.TuneSettings)
folds = read_folds(job.input, job.config, job.params.window)
trials, found = tune_model(folds, job.config)
write_table(Trials, trials, job.output.trials)
write_json(found, job.output.parameters)
