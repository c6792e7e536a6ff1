"""One line a step: how long it took and how many rows it made, or why it failed."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

JSON_LOG = "RTLMP_LOG"  # in the environment; json: lines are objects


@contextmanager
def timed_step(rule: str, wildcards: Mapping[str, str], outputs: Iterable[str]) -> Iterator[None]:
    """Around the work of a job: its line goes to the terminal and to the log of its rule."""
    began, failed = time.monotonic(), ""
    try:
        yield
    except BaseException as error:
        failed = f"{type(error).__name__}: {error}"
        raise
    finally:
        seconds, rows = round(time.monotonic() - began, 2), 0 if failed else _rows(outputs)
        end = f", failed: {failed}" if failed else f", {rows:,} rows" if rows else ""
        line = f"{' '.join(['step', rule, *wildcards.values()])}: {seconds} s{end}"
        if os.environ.get(JSON_LOG) == "json":
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            done = {"step": rule, **wildcards, "seconds": seconds, "rows": rows, "failed": failed}
            line = json.dumps({"time": at, **done})
        sys.stderr.write(line + "\n")


def _rows(paths: Iterable[str]) -> int:
    """Of the Parquet and Arrow files among `paths` that are there."""
    import pyarrow.dataset as ds  # slow, and loaded already by every step that writes one

    tables = [path for path in map(Path, paths) if path.suffix in (".parquet", ".arrow")]
    return sum(ds.dataset(p, format=p.suffix[1:]).count_rows() for p in tables if p.exists())
