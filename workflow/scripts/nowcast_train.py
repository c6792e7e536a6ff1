import pandas as pd

from rtlmp.clock import month_days
from rtlmp.config import jobs
from rtlmp.models.store import save_model
from rtlmp.models.training import fit_model
from rtlmp.nowcast import nowcast_training, rows_by_month
from rtlmp.pipeline.job import Job

job = Job(jobs.TrainSettings)
p, day = job.params, month_days(job.wildcards.month)[0]
months = rows_by_month(job.input, p.months, job.config["label_coverage"], p.feed)
rows = nowcast_training(pd.concat(months.values()), int(job.wildcards.minutes), day)
trained = fit_model(rows, job.config)
save_model(trained, job.output.boosters, job.output.card)
