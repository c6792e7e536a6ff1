"""Postings of a report -> the store; what cannot be had is marked there and asked for again."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rtlmp.io.files import write_bytes, write_text
from rtlmp.sources.base.interface import Tools, accepted
from rtlmp.sources.base.store import Posting, lost_path, posting_path, sealed
from rtlmp.sources.base.web import FetchError, GoneError
from rtlmp.sources.ercot.client import CredentialsError, from_archive, from_site
from rtlmp.sources.ercot.reports import Report
from rtlmp.sources.ercot.times import ZONE

AGAIN: Final = 24  # lost postings of a month that a run asks for again: it is to end before 10:00
IN_A_ROW: Final = 5  # postings lost one after the other: the server is broken, not they
MARGIN: Final = timedelta(hours=6)  # before the public site drops a posting
PROGRESS: Final = "%s: %d of %d postings, at %.16sZ"
log = logging.getLogger(__name__)


def store_postings(report: Report, folder: Path, wanted: list[Posting], tools: Tools) -> None:
    """Fetch what is not in `folder` yet, then once more some of what is marked as lost.

    A posting that cannot be had is marked. Raises FetchError, where that may be the server's fault,
    after marking it: the next run asks for it last, and goes on without.
    """
    if tools.offline:
        return
    marked = [p for p in wanted if lost_path(folder, p).exists()]
    new = [p for p in wanted if not posting_path(folder, p).exists() and p not in marked]
    gone = 0
    for posting, body in _downloads(report, new, tools):
        _keep(folder, posting, body)
        gone = 0 if isinstance(body, bytes) else gone + 1
        if isinstance(body, FetchError) and (gone == IN_A_ROW or not isinstance(body, GoneError)):
            raise body
    again = [p for p in marked if not is_accepted(report, p.published, tools)]
    again.sort(key=lambda p: lost_path(folder, p).stat().st_mtime)
    once = tools._replace(client=tools.client._replace(attempts=1))
    try:
        for posting, body in _downloads(report, again[:AGAIN], once):
            _keep(folder, posting, body)
    except (FetchError, CredentialsError) as error:
        log.warning("left out as before: %s", error)


def on_site_since(report: Report, now: datetime) -> datetime:
    """From when on the public site surely still has every posting."""
    return now - timedelta(days=report.days_kept) + MARGIN


def is_accepted(report: Report, published: datetime, tools: Tools) -> bool:
    """Whether live.gaps has the day of a posting."""
    return accepted(report.emil, published.astimezone(ZONE).date(), tools)


def _keep(folder: Path, posting: Posting, body: bytes | FetchError) -> None:
    """Store what came, or why nothing did; a mark stays until the posting has been read."""
    mark = lost_path(folder, posting)
    if isinstance(body, FetchError):
        write_text(f"{body}", mark)
    else:
        stored = sealed(folder.parent.name, posting.id, body)
        write_bytes(stored, posting_path(folder, posting))
        if mark.exists():
            mark.touch()


def _downloads(
    report: Report, missing: list[Posting], tools: Tools
) -> Iterator[tuple[Posting, bytes | FetchError]]:
    """Bytes of the `missing` postings, or why there are none: one by one from the site, in lots
    from the archive."""
    there = {p for p in missing if p.site and p.published >= on_site_since(report, tools.now)}
    recent, older = ([p for p in missing if (p in there) is site] for site in (True, False))
    for k, posting in enumerate(recent):
        if k % 100 == 0:
            log.info(PROGRESS, report.label, k, len(recent), posting.published)
        try:
            yield posting, from_site(report, posting, tools.client)
        except FetchError as error:
            yield posting, error
    for k in range(0, len(older), report.batch):
        lot = older[k : k + report.batch]
        log.info(PROGRESS, report.label, k, len(older), lot[0].published)
        yield from from_archive(report, lot, tools.client)
