"""Everything ever fetched, kept for good: a posting once, a correction beside what it corrects.

    <store>/<report>/<month>/index.json             what the site listed, and for which span
    <store>/<report>/<month>/<day>/<posting>.zip    its bytes, unchanged
    <store>/<report>/<month>/<day>/<posting>.lost   why it, or a row of it, could not be read
    <store>/<source>/<month>/<day>/<fetched>.parquet   observations first seen by that call

Months and days are UTC, of publication, for postings, and the market's, of delivery, for sources.
Files are renamed into place whole and never written again: an interrupted run goes on from there.
Only a posting with a `.lost` beside it is asked for again, and replaced by what then comes.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from rtlmp.io.files import write_text

LOST: Final = ".lost"  # of the file that says why a posting could not be read


class Posting(NamedTuple):
    """One document of a report."""

    id: str
    published: datetime  # UTC
    name: str
    site: bool = True  # listed by the public site, not by the archive


class Loss(NamedTuple):
    """A posting, or some of its rows, without which a run goes on."""

    report: str
    posting: str
    published: datetime
    why: str
    accepted: bool  # by live.gaps
    whole: bool  # more than half of it


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


def lost_path(folder: Path, posting: Posting) -> Path:
    """Where it stands why `posting` could not be read, if it could not."""
    return posting_path(folder, posting).with_suffix(LOST)
