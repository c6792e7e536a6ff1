import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from rtlmp.clock import month
from rtlmp.config import parse_config
from rtlmp.io.tables import write_csv
from rtlmp.pipeline.job import Job
from rtlmp.sources.audit import audit
from rtlmp.sources.base.interface import RECENT
from rtlmp.sources.base.store import Loss

job = Job()
root, now = Path(job.params.root), datetime.now(UTC)
losses = [*audit(parse_config(job.run_config), now - RECENT, now)]
found = pd.DataFrame(losses, columns=[*Loss._fields])
write_csv(found, root / "audit.csv")
sys.stdout.write(f"{found.to_string(index=False)}\n{len(found)} differences\n")
for name in {month(of.published) for of in losses if not of.accepted}:
    (root / f"lost/{name}.parquet").unlink(missing_ok=True)  # the next run makes the month anew
