"""ERCOT's reports as sources: every posting listed, fetched once, stored, and parsed on demand."""

import logging
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias, cast

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.clock import instant, month
from rtlmp.io.files import write_text
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base import store as held
from rtlmp.sources.base.interface import Source, Tools, require_complete
from rtlmp.sources.ercot.client import archive_listing, site_listing
from rtlmp.sources.ercot.downloads import is_accepted, on_site_since, store_postings
from rtlmp.sources.ercot.parse import ReportError, parse, posting_times, said_of
from rtlmp.sources.ercot.reports import REPORTS, Report
from rtlmp.sources.ercot.times import TZ

Span: TypeAlias = tuple[datetime, datetime]
# Listings lag by minutes, and a posting is sometimes listed after a later one: the last hour
# of what was listed is listed again.
SETTLED: Final = timedelta(hours=1)
AT_ONCE: Final = 500  # postings parsed together
log = logging.getLogger(__name__)


def fetch_report(
    report: Report, start: datetime, end: datetime, tools: Tools
) -> DataFrame[Observations]:
    """What `report` said in postings of [start, end), all within one UTC month.

    What could not be had or read is left out, said, marked and asked for again by the next run.
    Raises ReportError where that leaves nothing, IncompleteError where too little of a day.
    """
    folder = Path(tools.live["store"]) / report.emil / month(start)
    postings, since = stored_postings(report, folder, start, end, tools)
    wanted = tuple(c for c in report.cuts if {q for q, _ in c.columns.values()} & tools.series)
    tables, lost = list[pd.DataFrame](), list[held.Loss]()
    there = [p for p in postings if held.posting_path(folder, p).exists()]
    for k in range(0, len(there), AT_ONCE):
        bodies = [(p, held.posting_path(folder, p).read_bytes()) for p in there[k : k + AT_ONCE]]
        tables.append(parse(report._replace(cuts=wanted), bodies, tools.locations, lost))
    for p in (p for p in {*postings} - {*there} if held.lost_path(folder, p).exists()):
        why = held.lost_path(folder, p).read_text()
        lost.append(held.Loss(report.emil, p.id, p.published, why, accepted=False, whole=True))
    _mark(folder, there, lost)
    _require_rest(report, (since, end), postings, lost, tools)
    rows = pd.concat(tables or [no_observations()], ignore_index=True)
    return cast("DataFrame[Observations]", rows)


def stored_postings(
    report: Report, folder: Path, start: datetime, end: datetime, tools: Tools
) -> tuple[list[held.Posting], datetime]:
    """The postings of [start, end), each in its place in `folder` or why it is not, and the time
    since when they are all that there were."""
    listing, since = held.read_listing(folder), start
    if not tools.live["archive"]:
        listing, since = _on_hand(report, folder, listing, start, tools)
    whole = listing and listing.since <= since and end <= listing.until
    if since < end and not whole and not tools.offline:
        listing = list_anew(report, listing, since, end, tools)
        held.save_listing(folder, listing)
    wanted = [p for p in listing.postings if start <= p.published < end] if listing else []
    store_postings(report, folder, wanted, tools)
    return wanted, since


def _mark(folder: Path, there: list[held.Posting], lost: list[held.Loss]) -> None:
    """Beside a posting in the store why it could not be read, and nothing where it could."""
    why = {loss.posting: loss.why for loss in lost}
    for posting in there:
        path = held.lost_path(folder, posting)
        if posting.id not in why:
            path.unlink(missing_ok=True)
        elif not path.exists():
            write_text(why[posting.id], path)


def _require_rest(
    report: Report, span: Span, postings: list[held.Posting], lost: list[held.Loss], tools: Tools
) -> None:
    """Says what was lost of `postings`. Raises where too little is left."""
    tools.lost.extend(o._replace(accepted=is_accepted(report, o.published, tools)) for o in lost)
    said = said_of(report, lost)
    whole = {loss.posting for loss in lost if loss.whole}
    left = [p for p in postings if p.id not in whole]
    given = tools.offline or all(is_accepted(report, p.published, tools) for p in postings)
    if postings and not left and not given:
        raise ReportError(f"{said}; to go on without, name its days in live.gaps")
    if lost:
        log.warning("left out: %s", said)
    source, end = report_source(report), min(span[1], tools.now - SETTLED)
    why = f"; left out: {said}" if lost else ""
    require_complete(source, span[0], end, posting_times(left), report.per_day, tools, why)


def needs_archive(
    report: Report, start: datetime, end: datetime, store: str, now: datetime
) -> bool:
    """Whether neither `store` nor the public site has all of [start, end), of one UTC month."""
    start = max(start, instant(report.since, "00:00", TZ))
    end = min(end, on_site_since(report, now))
    folder = Path(store) / report.emil / month(start)
    listing = held.read_listing(folder) or held.Listing(end, end, ())
    wanted = [p for p in listing.postings if start <= p.published < end]
    paths = ((held.posting_path(folder, p), held.lost_path(folder, p)) for p in wanted)
    whole = all(body.exists() or mark.exists() for body, mark in paths)
    return start < end and (start < listing.since or listing.until < end or not whole)


def report_source(report: Report) -> Source:
    """The registry's row of a report."""
    series = dict.fromkeys(q for cut in report.cuts for q, _ in cut.columns.values())
    apart = timedelta(days=1) / report.per_day
    return Source(
        report.emil, "ERCOT", tuple(series), partial(fetch_report, report),
        span=timedelta(days=31), published="recorded: time of posting",
        origin=f"ERCOT {report.emil.upper()} (report {report.number}), {report.about}",
        fresh=apart + max(apart / 4, timedelta(hours=2)), stored="postings", since=report.since,
        when=lambda live: live["archive"] or not report.account, days_kept=report.days_kept,
    )  # fmt: skip


def list_anew(
    report: Report, old: held.Listing | None, start: datetime, end: datetime, tools: Tools
) -> held.Listing:
    """The `old` listing and what the site or the archive lists beyond it."""
    old = old or held.Listing(start, start, ())
    # without a hole to what was listed before, be it earlier or later
    since, end = (old.until, end) if old.since <= start else (start, max(end, old.since))
    since = since if tools.live["archive"] else max(since, start)  # but one that nobody lists
    if since >= on_site_since(report, tools.now):
        fresh = site_listing(report, tools.client)
    else:
        fresh = archive_listing(report, since, end, tools.client)
    first = start if old.until < since else min(start, old.since)
    postings = {p.id: p for p in (*old.postings, *(p for p in fresh if p.published >= first))}
    inside = [p for p in postings.values() if month(p.published) == month(start)]
    until = max(first, old.until, min(end, tools.now - SETTLED))
    return held.Listing(first, until, tuple(sorted(inside, key=lambda p: (p.published, p.id))))


def _on_hand(
    report: Report, folder: Path, listing: held.Listing | None, start: datetime, tools: Tools
) -> tuple[held.Listing | None, datetime]:
    """Without an account: `listing` without what was never fetched and is gone, and from when on
    what it or the public site has is whole."""
    site = max(start, on_site_since(report, tools.now))
    if listing is None:
        return None, site
    early = (p for p in listing.postings if p.published < site)
    gone = [p for p in early if not held.posting_path(folder, p).exists()]
    since = max([listing.since, *(p.published + timedelta(microseconds=1) for p in gone)])
    kept = held.Listing(since, listing.until, tuple(p for p in listing.postings if p not in gone))
    return kept, max(start, since) if since <= site <= kept.until else site


SOURCES: Final = tuple(report_source(report) for report in REPORTS)
