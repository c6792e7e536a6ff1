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
        seconds, rows = round(time.monotonic() - began, 2), 0 if failed else rows_of(outputs)
        done = {"step": rule, **wildcards, "seconds": seconds, "rows": rows, "failed": failed}
        sys.stderr.write(_line(done) + "\n")


def rows_of(paths: Iterable[str]) -> int:
    """Rows of the Parquet and Arrow files among `paths` that are there."""
    tables = (path for path in map(Path, paths) if path.suffix in (".parquet", ".arrow"))
    return sum(_rows(path) for path in tables if path.exists())


def _rows(path: Path) -> int:
    import pyarrow as pa  # slow, and loaded already by every step that writes one
    import pyarrow.parquet as pq

    if path.suffix == ".parquet":
        return pq.read_metadata(path).num_rows
    file = pa.ipc.open_file(pa.memory_map(str(path)))
    return sum(file.get_batch(k).num_rows for k in range(file.num_record_batches))


def _line(done: Mapping[str, object]) -> str:
    if os.environ.get(JSON_LOG) == "json":
        return json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **done})
    name, *of, seconds, rows, failed = done.values()
    end = f", failed: {failed}" if failed else f", {rows:,} rows" if rows else ""
    return f"{' '.join([f'step {name}', *map(str, of)])}: {seconds} s{end}"
