"""Everything ever fetched, kept for good: a posting once, a correction beside what it corrects.

    <store>/<report>/<month>/index.json             what the site listed, and for which span
    <store>/<report>/<month>/<day>/<posting>.zip    its bytes, as they came
    <store>/<source>/<month>/<day>/<fetched>.parquet   observations first seen by that call

Months and days are UTC, of publication, for postings, and the market's, of delivery, for sources.
Files are renamed into place whole and never written again: an interrupted run goes on from there.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from rtlmp.disk import atomic, write_text
from rtlmp.sources.ercot_files import Posting
from rtlmp.tables import Observations, read, write

FETCHED: Final = "%Y%m%dT%H%M%S%fZ"


class Shelf(NamedTuple):
    """What is known of one report's month: all postings published in [since, until)."""

    since: datetime
    until: datetime
    postings: tuple[Posting, ...]


def shelf(folder: Path) -> Shelf | None:
    """What was listed before, if anything was."""
    path = folder / "index.json"
    if not path.exists():
        return None
    held = json.loads(path.read_text())
    since, until = (datetime.fromisoformat(held[key]) for key in ("since", "until"))
    rows = (Posting(i, datetime.fromisoformat(at), *more) for i, at, *more in held["postings"])
    return Shelf(since, until, tuple(rows))


def keep_shelf(folder: Path, held: Shelf) -> None:
    """Remember what was listed."""
    rows = [[p.id, p.published.isoformat(), p.name, p.site] for p in held.postings]
    text = {"since": held.since.isoformat(), "until": held.until.isoformat(), "postings": rows}
    write_text(json.dumps(text, indent=0), folder / "index.json")


def place(folder: Path, posting: Posting) -> Path:
    """Where the bytes of `posting` are, or will be."""
    return folder / f"{posting.published:%d}" / f"{posting.id}.zip"


def keep_posting(folder: Path, posting: Posting, body: bytes) -> None:
    """Keep the bytes of `posting`, once."""
    atomic(place(folder, posting), lambda tmp: tmp.write_bytes(body))


def calls(folder: Path) -> list[tuple[datetime, Path]]:
    """Every earlier call for the day of `folder`: when, and what it first saw; oldest first."""
    paths = sorted(folder.glob("*.parquet"))
    return [(datetime.strptime(p.stem, FETCHED).replace(tzinfo=UTC), p) for p in paths]


def keep_call(folder: Path, rows: pd.DataFrame, at: datetime) -> None:
    """Keep what the call made `at` saw for the first time, be it nothing."""
    write(Observations, rows, folder / f"{at:{FETCHED}}.parquet")


def read_calls(paths: Iterable[Path]) -> list[pd.DataFrame]:
    """Observations of the calls at `paths`, empty ones left out."""
    return [rows for rows in (read(Observations, path) for path in paths) if len(rows)]
