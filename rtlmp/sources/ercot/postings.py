"""ERCOT's reports as sources: every posting listed, fetched once, stored, and parsed on demand."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, cast

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.clock import month
from rtlmp.io.files import atomic
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools, require_complete
from rtlmp.sources.base.store import Listing, Posting, posting_path, read_listing, save_listing
from rtlmp.sources.ercot.client import archive_listing, from_archive, from_site, site_listing
from rtlmp.sources.ercot.parse import parse, posting_times
from rtlmp.sources.ercot.reports import REPORTS, Report

# Listings lag by minutes, and a posting is sometimes listed after a later one: the last hour
# of what was listed is listed again.
SETTLED: Final = timedelta(hours=1)
AT_ONCE: Final = 500  # postings parsed together
MARGIN: Final = timedelta(hours=6)  # before the public site drops a posting
PROGRESS: Final = "%s: %d of %d postings, at %.16sZ"
log = logging.getLogger(__name__)


def fetch_report(
    report: Report, start: datetime, end: datetime, tools: Tools
) -> DataFrame[Observations]:
    """What `report` said in postings of [start, end), all within one UTC month."""
    folder = Path(tools.live["store"]) / report.emil / month(start)
    postings = stored_postings(report, folder, start, end, tools)
    wanted = tuple(c for c in report.cuts if {q for q, _ in c.columns.values()} & tools.series)
    tables: list[pd.DataFrame] = []
    for k in range(0, len(postings), AT_ONCE):
        bodies = [(p, posting_path(folder, p).read_bytes()) for p in postings[k : k + AT_ONCE]]
        tables.append(parse(report._replace(cuts=wanted), bodies, tools.locations))
    rows = pd.concat(tables or [no_observations()], ignore_index=True)
    return cast("DataFrame[Observations]", rows)


def stored_postings(
    report: Report, folder: Path, start: datetime, end: datetime, tools: Tools
) -> list[Posting]:
    """The postings of [start, end), each in its place in `folder`."""
    listing, since = read_listing(folder), start
    if not tools.live["archive"]:
        listing, since = _on_hand(report, folder, listing, start, tools)
    if since < end and (listing is None or since < listing.since or listing.until < end):
        listing = _listed(report, listing, since, end, tools)
        save_listing(folder, listing)
    wanted = [p for p in listing.postings if start <= p.published < end] if listing else []
    source, past = report_source(report), min(end, tools.now - SETTLED)
    require_complete(source, since, past, posting_times(wanted), report.per_day, tools)
    missing = [p for p in wanted if not posting_path(folder, p).exists()]
    for posting, body in _downloads(report, missing, tools):
        atomic(posting_path(folder, posting), partial(Path.write_bytes, data=body))
    return wanted


def report_source(report: Report) -> Source:
    """The registry's row of a report."""
    series = dict.fromkeys(q for cut in report.cuts for q, _ in cut.columns.values())
    apart = timedelta(days=1) / report.per_day
    return Source(
        report.emil,
        "ERCOT",
        tuple(series),
        partial(fetch_report, report),
        span=timedelta(days=31),
        published="recorded: time of posting",
        origin=f"ERCOT {report.emil.upper()} (report {report.number}), {report.about}",
        fresh=apart + max(apart / 4, timedelta(hours=2)),
        stored="postings",
        since=report.since,
        when=lambda live: live["archive"] or not report.account,
        days_kept=report.days_kept,
    )


def _listed(
    report: Report, old: Listing | None, start: datetime, end: datetime, tools: Tools
) -> Listing:
    """The `old` listing and what the site or the archive lists beyond it."""
    old = old or Listing(start, start, ())
    since = max(start, old.until) if old.since <= start else start
    if _on_site(report, since, tools):
        fresh = site_listing(report, tools.client)
    else:
        fresh = archive_listing(report, since, end, tools.client)
    first = start if old.until < start else min(start, old.since)
    postings = {p.id: p for p in (*old.postings, *(p for p in fresh if p.published >= first))}
    inside = [p for p in postings.values() if month(p.published) == month(start)]
    until = max(first, old.until, min(end, tools.now - SETTLED))
    return Listing(first, until, tuple(sorted(inside, key=lambda p: (p.published, p.id))))


def _on_hand(
    report: Report, folder: Path, listing: Listing | None, start: datetime, tools: Tools
) -> tuple[Listing | None, datetime]:
    """Without an account: `listing` without what was never fetched and is gone, and from when on
    what it or the public site has is whole."""
    site = max(start, tools.now - timedelta(days=report.days_kept) + MARGIN)
    if listing is None:
        return None, site
    gone = [
        p for p in listing.postings if p.published < site and not posting_path(folder, p).exists()
    ]
    since = max([listing.since, *(p.published + timedelta(microseconds=1) for p in gone)])
    kept = Listing(since, listing.until, tuple(p for p in listing.postings if p not in gone))
    return kept, max(start, since) if since <= site <= kept.until else site


def _downloads(
    report: Report, missing: list[Posting], tools: Tools
) -> Iterator[tuple[Posting, bytes]]:
    """Bytes of the `missing` postings: one by one from the site, in lots from the archive."""
    there = {p.id for p in missing if p.site and _on_site(report, p.published, tools)}
    recent, older = ([p for p in missing if (p.id in there) is site] for site in (True, False))
    for k in range(0, len(older), report.batch):
        lot = older[k : k + report.batch]
        log.info(PROGRESS, report.label, k, len(older), lot[0].published)
        bodies = from_archive(report, lot, tools.client)
        yield from ((posting, bodies[posting.id]) for posting in lot)
    for k, posting in enumerate(recent):
        if k % 100 == 0:
            log.info(PROGRESS, report.label, k, len(recent), posting.published)
        yield posting, from_site(report, posting, tools.client)


def _on_site(report: Report, at: datetime, tools: Tools) -> bool:
    """Whether the public site still has what was posted `at`."""
    return at >= tools.now - timedelta(days=report.days_kept) + MARGIN


SOURCES: Final = tuple(report_source(report) for report in REPORTS)
