import sys
from pathlib import Path

from rtlmp.pipeline.job import Job
from rtlmp.report.alerts import read_events, send

job = Job()
for told in send(read_events(Path(job.input[0])), job.params.notify, Path(job.params.sent)):
    sys.stderr.write(f"{told}\n")
