from rtlmp.catalog import MARKETS
from rtlmp.evaluation.pairs import read_pairs
from rtlmp.evaluation.score_tables import decisions, metrics_by, reliability_table, significance
from rtlmp.evaluation.tables import Decisions, MetricsBy, Reliability, Significance
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job

job = Job()
p, out, scored = job.params, job.output, list(read_pairs(job.input[0]))
write_table(MetricsBy, metrics_by(scored, MARKETS[p.market].tz, p.seed), out.by)
write_table(Decisions, decisions(scored, p.cost_loss), out.decisions)
write_table(Significance, significance(scored), out.significance)
write_table(Reliability, reliability_table(scored, p.seed), out.reliability)
