import os
import sys
from datetime import UTC, date, datetime

from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.files import write_json, write_text
from rtlmp.pipeline.job import Job
from rtlmp.pipeline.morning import STATUS_COPY
from rtlmp.pipeline.status import status
from rtlmp.pipeline.status_text import prometheus, status_table

job = Job(jobs.StatusSettings)
c, places = job.config, job.params.places
live = c["source"] == "live"  # no other run has a clock
now = datetime.now(UTC) if live else issue_time(c, date.fromisoformat(places["date"]))
found = status(places, c, now)
for path in (f"{places['root']}/status/status.json", os.environ.get(STATUS_COPY)):
    if path:
        write_json(found, path)
write_text(prometheus(found), f"{places['root']}/status/rtlmp.prom")
sys.stdout.write(status_table(found))
