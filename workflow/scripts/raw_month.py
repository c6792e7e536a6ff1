import logging

from rtlmp.catalog import BY_NAME
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import Lost
from rtlmp.io.tables import write_table
from rtlmp.pipeline.job import Job
from rtlmp.schemas.core import Observations
from rtlmp.sources.differences import add_differences
from rtlmp.sources.registry import fetch_month

job = Job()
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
*outputs, lost_path = job.output
paths = {BY_NAME[q]: path for q, path in zip(job.params.series, outputs, strict=True)}
fetched, lost = fetch_month(parse_config(job.run_config), list(paths), *job.params.span)
write_table(Lost, lost, lost_path)
for series, rows in fetched.items():
    write_table(Observations, rows, paths[series])
add_differences(outputs, job.params.nodes)
