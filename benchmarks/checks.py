"""What it costs to check what is read, and to have what lasts on the disk: ratios within one run.

Tables with and without checksums of their pages, training rows with and without their digest, a
day of postings out of the store with and without theirs, files with and without fsync.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.fetch_layer import DAY, END, KEPT, POINTS, REPORT, fill, tools
from benchmarks.measure import say_machine, say_ratio, timed
from rtlmp.asof.vintages import VintageRows, observation_table
from rtlmp.catalog import SeriesName
from rtlmp.features.history import HistoryRows, read_history, write_history
from rtlmp.io.files import atomic, write_bytes
from rtlmp.sources.base.interface import observe
from rtlmp.sources.base.store import posting_path, sealed
from rtlmp.sources.ercot.postings import report_source

ROWS, WIDTH = 200_000, 100  # of training rows: 80 MB


def seconds(work: Callable[[], object]) -> float:
    """Of the processor: others on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def rows_of(rng: np.random.Generator) -> pa.Table:
    """A month of 5-minute prices of a hundred points."""
    times = np.repeat(np.arange(8928) * 300_000_000, 100)
    place = np.tile(np.arange(100), 8928)
    price = rng.lognormal(3, 1, len(times)).round(2)
    of = VintageRows(times + 60_000_000, times, place, price)
    return observation_table(SeriesName.RT_LMP, of, POINTS[:100])


def tables(folder: Path, runs: int) -> None:
    table = rows_of(np.random.default_rng(0))
    path, bare = folder / "checked.parquet", folder / "bare.parquet"
    write: tuple[dict[bool, list[float]], ...] = ({True: [], False: []}, {True: [], False: []})
    for _ in range(runs):
        for check, to in ((False, bare), (True, path)):
            write[0][check].append(
                seconds(partial(pq.write_table, table, to, write_page_checksum=check))
            )
            read = partial(pq.read_table, to, page_checksum_verification=check, use_threads=False)
            write[1][check].append(seconds(read))
    for what, of in zip(("tables written", "tables read"), write, strict=True):
        say_ratio(what, of[True], of[False])


def training_rows(folder: Path, runs: int) -> None:
    each, x = np.arange(ROWS), np.random.default_rng(0).random((ROWS, WIDTH), np.float32)
    path = folder / "rows.arrow"
    write_history(HistoryRows(x, each, each, each % 3, [*"abc"], [*map(str, range(WIDTH))]), path)
    checked = [seconds(lambda: read_history(path)) for _ in range(runs)]
    gigabytes = path.stat().st_size / 1e9
    print(f"training rows: {np.median(checked) / gigabytes:.2f} s a GB, nearly all for the digest")


def postings(folder: Path, runs: int) -> None:
    store = folder / REPORT.emil / "2026-06"
    kept, source = fill(store), report_source(REPORT)
    took: dict[bool, list[float]] = {False: [], True: []}
    for check in (False, True):
        for one in kept if check else ():
            path = posting_path(store, one)
            write_bytes(sealed(REPORT.emil, one.id, path.read_bytes()), path)
        for _ in range(runs):
            took[check].append(seconds(lambda: observe(source, DAY, END, tools(folder, KEPT))))
    say_ratio("a day of postings of a thousand points", took[True], took[False])


def lasting(folder: Path, runs: int) -> None:
    for last in (False, True):
        work = partial(_write_many, folder, last)
        took = np.median([timed(work)[0] for _ in range(runs)]) / 50
        how = "with fsync of it and its folder" if last else "as it is"
        print(f"a file {how}: {took * 1e3:.2f} ms")


def _write_many(folder: Path, last: bool) -> None:
    for k in range(50):
        atomic(folder / f"{k}.txt", lambda tmp: tmp.write_text("x" * 8000), lasting=last)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=7)


def run(given: argparse.Namespace) -> None:
    say_machine()
    with tempfile.TemporaryDirectory(dir=".") as name:
        for measure in (tables, training_rows, postings, lasting):
            measure(Path(name), given.runs)
