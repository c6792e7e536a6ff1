import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from rtlmp.config import parse_config
from rtlmp.pipeline.job import Job
from rtlmp.report.sheet import write_csv
from rtlmp.sources.audit import audit
from rtlmp.sources.base.interface import RECENT

job = Job()
root, now = Path(job.params.root), datetime.now(UTC)
found = pd.DataFrame(audit(parse_config(job.run_config), now - RECENT, now))
write_csv(found, root / "audit.csv")
sys.stdout.write(f"{found.to_string(index=False)}\n{len(found)} differences\n")
for at in found.published[~found.accepted] if len(found) else ():
    (root / f"lost/{at:%Y-%m}.parquet").unlink(missing_ok=True)  # the next run makes it anew
