import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from rtlmp.clock import issue_time
from rtlmp.config import jobs
from rtlmp.io.files import write_json, write_text
from rtlmp.pipeline.job import Job
from rtlmp.pipeline.morning import STATUS_COPY
from rtlmp.pipeline.status import prometheus, status, status_table
from rtlmp.report.alerts import read_events

job = Job(jobs.DailyPageSettings)
c, p = job.config, job.params
root, day = Path(p.root), date.fromisoformat(p.date)
live = c["source"] == "live"  # no other run has a clock
now = datetime.now(UTC) if live else issue_time(c, day)
found = status(root, day, p.daily, Path(p.store), c, now)
found["alerts"] = [event.text for event in read_events(root / f"alerts/{day}.json")]
for path in (root / "status/status.json", os.environ.get(STATUS_COPY)):
    if path:
        write_json(found, path)
write_text(prometheus(found), root / "status/rtlmp.prom")
sys.stdout.write(status_table(found))
