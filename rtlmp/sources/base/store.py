"""Everything ever fetched, kept for good: a posting once, a correction beside what it corrects.

    <store>/<report>/<month>/index.json             what the site listed, and for which span
    <store>/<report>/<month>/<day>/<posting>.zip    its bytes, and a digest that says whose they are
    <store>/<report>/<month>/<day>/<posting>.lost   why it, or a row of it, could not be read
    <store>/<source>/<month>/<day>/<fetched>.parquet   observations first seen by that call;
        .broken: found damaged or another's, and asked for again

Months and days are UTC, of publication, for postings, and the market's, of delivery, for sources.
Files are renamed into place whole and never written again: an interrupted run goes on from there.
Only a posting with a `.lost` beside it is asked for again, and replaced by what then comes.
"""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from rtlmp.io.files import BadFileError, json_sha256, naming, sha256, write_text
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Observations

WHOSE: Final = "stored call"  # key in the file of one of its place
LOST: Final = ".lost"  # of the file that says why a posting could not be read
SEAL: Final = "sha256"  # key in a listing of the digest of all else; versions before 0.2 had none
MARK: Final = b"\nrtlmp sha256 "  # before the digest at a posting's end

log = logging.getLogger(__name__)


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
    with naming(path):
        stored, at = json.loads(path.read_text()), datetime.fromisoformat
        rows = tuple(Posting(i, at(time), *more) for i, time, *more in stored["postings"])
        seal, older = stored.pop(SEAL, None), {*stored} == {"since", "until", "postings"}
        if seal != json_sha256(stored) and (seal or not older):
            raise ValueError("not what was listed: delete it, and the site is asked again")
        return Listing(at(stored["since"]), at(stored["until"]), rows)


def save_listing(folder: Path, listing: Listing) -> None:
    """Remember what was listed."""
    since, until, postings = listing
    rows = [[p.id, p.published.isoformat(), p.name, p.site] for p in postings]
    told = {"since": since.isoformat(), "until": until.isoformat(), "postings": rows}
    text = json.dumps({**told, SEAL: json_sha256(told)}, indent=0)
    write_text(text, folder / "index.json", lasting=True)


def sealed(report: str, posting: str, body: bytes) -> bytes:
    """`body` with a digest of it and of whose it is."""
    return body + MARK + sha256([f"{report} {posting} ".encode(), body]).encode()


def unsealed(report: str, posting: str, stored: bytes) -> bytes:
    """The bytes that were fetched. Raises ValueError where others stand in their place."""
    body, mark, _ = stored.rpartition(MARK)
    if mark and stored != sealed(report, posting, body):
        raise ValueError("not the bytes that were fetched: damaged, or those of another posting")
    return body if mark else stored  # as versions before 0.2 stored it


def write_call(rows: pd.DataFrame, path: Path) -> None:
    """Keep what a call saw first, and whose it is."""
    made = rows.copy()
    made.attrs[WHOSE] = "/".join(path.parts[-4:])
    write_table(Observations, made, path, lasting=True)


def read_call(path: Path) -> pd.DataFrame | None:
    """What a stored call saw; one that is broken, or another's, is set aside: then none."""
    try:
        rows, place = read_table(Observations, path), "/".join(path.parts[-4:])
        if (whose := rows.attrs.pop(WHOSE, place)) != place:
            raise BadFileError(f"{path}: not what was written there, but {whose}")
    except BadFileError as error:
        log.warning("%s; set aside, asked for again", error)
        path.rename(path.with_suffix(".broken"))
        return None
    return rows


def posting_path(folder: Path, posting: Posting) -> Path:
    """Where the bytes of `posting` are, or will be."""
    return folder / f"{posting.published:%d}" / f"{posting.id}.zip"


def lost_path(folder: Path, posting: Posting) -> Path:
    """Where it stands why `posting` could not be read, if it could not."""
    return posting_path(folder, posting).with_suffix(LOST)
