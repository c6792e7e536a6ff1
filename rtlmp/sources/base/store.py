"""Everything ever fetched, kept for good: a posting once, a correction beside what it corrects.

    <store>/<report>/<month>/index.json             what the site listed, and for which span
    <store>/<report>/<month>/<day>/<posting>.zip    its bytes, unchanged
    <store>/<source>/<month>/<day>/<fetched>.parquet   observations first seen by that call

Months and days are UTC, of publication, for postings, and the market's, of delivery, for sources.
Files are renamed into place whole and never written again: an interrupted run goes on from there.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.io.files import atomic, write_text
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Observations

FETCHED: Final = "%Y%m%dT%H%M%S%fZ"


class Posting(NamedTuple):
    """One document of a report."""

    id: str
    published: datetime  # UTC
    name: str
    site: bool = True  # listed by the public site, not by the archive


class Listing(NamedTuple):
    """What is known of one report's month: all postings published in [since, until)."""

    since: datetime
    until: datetime
    postings: tuple[Posting, ...]


def read_listing(folder: Path) -> Listing | None:
    """What was listed before, if anything was."""
    path = folder / "index.json"
    if not path.exists():
        return None
    stored = json.loads(path.read_text())
    since, until = (datetime.fromisoformat(stored[key]) for key in ("since", "until"))
    rows = (Posting(i, datetime.fromisoformat(at), *more) for i, at, *more in stored["postings"])
    return Listing(since, until, tuple(rows))


def save_listing(folder: Path, listing: Listing) -> None:
    """Remember what was listed."""
    since, until, postings = listing
    rows = [[p.id, p.published.isoformat(), p.name, p.site] for p in postings]
    text = {"since": since.isoformat(), "until": until.isoformat(), "postings": rows}
    write_text(json.dumps(text, indent=0), folder / "index.json")


def posting_path(folder: Path, posting: Posting) -> Path:
    """Where the bytes of `posting` are, or will be."""
    return folder / f"{posting.published:%d}" / f"{posting.id}.zip"


def save_posting(folder: Path, posting: Posting, body: bytes) -> None:
    """Keep the bytes of `posting`, once."""
    atomic(posting_path(folder, posting), lambda tmp: tmp.write_bytes(body))


def read_calls(folder: Path) -> list[tuple[datetime, DataFrame[Observations]]]:
    """Every earlier call kept in `folder`: when, and what it first saw; oldest first."""
    return [
        (datetime.strptime(path.stem, FETCHED).replace(tzinfo=UTC), read_table(Observations, path))
        for path in sorted(folder.glob("*.parquet"))
    ]


def save_call(folder: Path, rows: pd.DataFrame, at: datetime) -> None:
    """Keep what the call made `at` saw for the first time, be it nothing."""
    write_table(Observations, rows, folder / f"{at:{FETCHED}}.parquet")
