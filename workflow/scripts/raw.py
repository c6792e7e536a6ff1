from pathlib import Path

from rtlmp.asof.vintages import save_observations
from rtlmp.pipeline.job import Job
from rtlmp.sources.files.months import read_months

job = Job()
wanted = {(Path(path).parent.name, Path(path).stem): path for path in job.output}
for series, month, rows in read_months(job.input, sorted({month for _, month in wanted})):
    if path := wanted.pop((series, month), None):
        save_observations({series: rows}, path)
for path in wanted.values():
    save_observations({}, path)
