import sys

from rtlmp.config import jobs
from rtlmp.io.files import write_text
from rtlmp.io.tables import write_table
from rtlmp.model_selection.ablation import ablate_features, ablation_page
from rtlmp.model_selection.folds import read_folds
from rtlmp.model_selection.tables import Ablation
from rtlmp.models.parameters import adopted
from rtlmp.pipeline.job import Job

job = Job(jobs.FoldSettings)
given, out = job.input, job.output
c = adopted(job.config, given.parameters)
folds = read_folds(given, c, job.params.window)
table = ablate_features(folds, c)
write_table(Ablation, table, out.table)
write_text(ablation_page(table, folds, c["run"]), out.page)
sys.stdout.write(f"what each part of the features adds: {out.page}\n")
