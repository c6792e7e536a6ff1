"""Whether a live forecast was there in time, also where it is made again later."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.io.files import load_json, sha256, write_json
from rtlmp.schemas.core import Bounded, Flagged


def flag_late(
    rows: DataFrame[Bounded], due: datetime, ledger: Path, now: datetime | None = None
) -> DataFrame[Bounded]:
    """`rows` with whether these very ones were first there after `due`.

    `ledger` remembers when: features of an open month are made anew every morning, and yesterday's
    forecast with them, to the same rows. It is no output of a rule: Snakemake deletes those.
    """
    key = sha256([pd.util.hash_pandas_object(rows, index=False).to_numpy()])
    first = load_json(ledger, dict[str, str]) if ledger.exists() else {}
    first.setdefault(key, (now or datetime.now(UTC)).isoformat(timespec="seconds"))
    write_json(first, ledger)
    late = datetime.fromisoformat(first[key]) > due
    return Bounded.validate(rows.assign(**{Flagged.late: late}))
