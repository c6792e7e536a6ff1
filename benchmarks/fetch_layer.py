"""The fetch layer against pandas on the same bytes: a day of 5-minute prices of a thousand points.

pandas: every posting's CSV out of its zip, read_csv, concat; nothing converted or checked. Ours:
the same postings out of the store, to checked observations in UTC. Best of seven, in turn.
"""

import argparse
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import seconds
from rtlmp.catalog import STORED
from rtlmp.io.files import atomic
from rtlmp.sources.base.interface import Tools, observe
from rtlmp.sources.base.store import Listing, Posting, posting_path, save_listing
from rtlmp.sources.base.web import Client
from rtlmp.sources.ercot.postings import report_source, stored_postings
from rtlmp.sources.ercot.reports import REPORTS

DAY = datetime(2026, 6, 10, tzinfo=UTC)
END = DAY + timedelta(days=1)
POINTS = [f"POINT_{k:04d}_RN" for k in range(1000)]
REPORT = REPORTS[0]
KEPT = ("POINT_0001_RN", "POINT_0500_RN", "POINT_0999_RN")


def posting(at: datetime, rng: np.random.Generator) -> bytes:
    """One SCED run of all points, zipped."""
    run = pd.Timestamp(at).tz_convert("US/Central") - pd.Timedelta("8s")
    price = rng.lognormal(3, 1, len(POINTS)).round(2)
    rows = [f"{run:%m/%d/%Y %H:%M:%S},N,{p}, {v:>11}" for p, v in zip(POINTS, price, strict=True)]
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        text = "\n".join(["SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP", *rows])
        file.writestr("run.csv", text)
    return body.getvalue()


def fill(folder: Path) -> tuple[Posting, ...]:
    rng = np.random.default_rng(7)
    times = [DAY + k * timedelta(minutes=5) + timedelta(seconds=20) for k in range(288)]
    postings = tuple(Posting(str(k), at, "") for k, at in enumerate(times))
    for one in postings:
        path = posting_path(folder, one)
        atomic(path, partial(Path.write_bytes, data=posting(one.published, rng)))
    save_listing(folder, Listing(DAY, END, postings))
    return postings


def by_pandas(paths: list[Path]) -> pd.DataFrame:
    frames = []
    for path in paths:
        with zipfile.ZipFile(path) as file, file.open(file.namelist()[0]) as text:
            frames.append(pd.read_csv(text))
    return pd.concat(frames, ignore_index=True)


def tools(store: Path, locations: tuple[str, ...]) -> Tools:
    nothing = Client(None, {}, 1, print, print, [])  # type: ignore[arg-type]  # asks nobody
    live = {"store": str(store), "gaps": [], "archive": True}
    return Tools(nothing, live, frozenset(locations), frozenset(STORED), END, [])  # type: ignore[arg-type]


def options(_: argparse.ArgumentParser) -> None:
    """None."""


def run(_: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = Path(name)
        folder = store / REPORT.emil / "2026-06"
        paths = [posting_path(folder, one) for one in fill(folder)]
        source = report_source(REPORT)
        every, few = tools(store, ()), tools(store, KEPT)
        assert len(stored_postings(REPORT, folder, DAY, END, every)[0]) == len(paths)
        assert len(by_pandas(paths)) == len(observe(source, DAY, END, every))
        work = {
            "pandas, all points": lambda: by_pandas(paths),
            "ours, all points": lambda: observe(source, DAY, END, every),
            "ours, three nodes": lambda: observe(source, DAY, END, few),
        }
        rounds = [{what: seconds(call) for what, call in work.items()} for _ in range(7)]
        best = {what: min(of[what] for of in rounds) for what in work}
    base = best["pandas, all points"]
    for what, took in best.items():
        print(
            f"{what:20s} {took:6.3f} s  {288_000 / took / 1e6:5.2f} M rows/s  {took / base:5.2f}x"
        )
