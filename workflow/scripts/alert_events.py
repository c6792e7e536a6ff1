import sys
from pathlib import Path

from rtlmp.catalog import MARKETS
from rtlmp.io.files import write_bytes, write_json
from rtlmp.io.tables import read_table
from rtlmp.pipeline.job import Job
from rtlmp.report.alerts import alert_events, ical, send
from rtlmp.schemas.core import Bounded

job = Job()
p, rows = job.params, read_table(Bounded, job.input[0])
events = alert_events(rows, p.alerts, MARKETS[p.market].tz)
sys.stderr.writelines(f"alert: {of.text}\n" for of in events)
write_json({"events": [of._asdict() for of in events]}, job.output[0])
write_bytes(ical(events, rows[Bounded.issue_time].iloc[0]), job.output[1])
for told in send(events, p.notify, Path(p.sent)):
    sys.stderr.write(f"{told}\n")
