from rtlmp.evaluation.pairs import read_pairs
from rtlmp.evaluation.score_tables import all_metrics
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Metrics

job = Job()
nodes = job.params.nodes
pairs = read_pairs(job.input[0], nodes)
made = all_metrics(pairs, job.params.seed, "each" if nodes else "pooled")
write_table(Metrics, made, job.output[0])
