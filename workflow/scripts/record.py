import sys
from pathlib import Path

from rtlmp.io.files import BadFileError
from rtlmp.pipeline.job import Job
from rtlmp.report.record import enter, read_record

job = Job()
folder = Path(job.params.record)
record = read_record(folder)
for path, made_of in job.params.forecasts.items():
    record = enter(path, made_of, folder, job.run_config["run"], record)
if record.fault:
    raise BadFileError(f"{record.fault}. Put back what was entered: nothing was added since")
sys.stdout.write(f"{folder}: {len(record.entries)} entries, unbroken, last {record.last}\n")
