import time
from pathlib import Path

from rtlmp.asof.vintages import save_observations
from rtlmp.pipeline.job import Job
from rtlmp.sources.differences import add_differences
from rtlmp.sources.files.months import read_months

job = Job()
# a synthetic world may end in the future
now = time.time() * 1e6 if job.run_config["source"] == "files" else float("inf")
wanted = {(Path(path).parent.name, Path(path).stem): path for path in job.output}
for series, month, rows in read_months(job.input, {month for _, month in wanted}, now):
    if path := wanted.pop((series, month), None):
        save_observations({series: rows}, path)
for path in wanted.values():
    save_observations({}, path)
add_differences(job.output, job.params.differences)
