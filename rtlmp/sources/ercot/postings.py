"""ERCOT's reports as sources: every posting listed, fetched once, kept, and parsed when asked."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.clock import month
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools, local_days, require_complete
from rtlmp.sources.base.store import (
    Listing,
    Posting,
    posting_path,
    read_listing,
    save_listing,
    save_posting,
)
from rtlmp.sources.ercot.client import archive_listing, from_archive, from_site, site_listing
from rtlmp.sources.ercot.parse import parse
from rtlmp.sources.ercot.reports import REPORTS, Report
from rtlmp.sources.ercot.times import TZ

# Listings lag by minutes, and a posting is sometimes listed after a later one: the last hour
# of what was listed is listed again.
SETTLED: Final = timedelta(hours=1)
AT_ONCE: Final = 500  # postings parsed together
MARGIN: Final = timedelta(hours=6)  # before the public site drops a posting
log = logging.getLogger(__name__)


def fetch_report(
    report: Report, start: datetime, end: datetime, tools: Tools
) -> DataFrame[Observations]:
    """What `report` said in postings of [start, end), all within one UTC month."""
    folder = Path(tools.live["store"]) / report.emil / month(start)
    postings = stored_postings(report, folder, start, end, tools)
    wanted = tuple(c for c in report.cuts if {q for q, _ in c.columns.values()} & tools.series)
    parts: list[pd.DataFrame] = []
    for k in range(0, len(postings), AT_ONCE):
        held = [(p, posting_path(folder, p).read_bytes()) for p in postings[k : k + AT_ONCE]]
        parts.append(parse(report._replace(cuts=wanted), held, tools.locations))
    return cast(
        "DataFrame[Observations]", pd.concat(parts or [no_observations()], ignore_index=True)
    )


def stored_postings(
    report: Report, folder: Path, start: datetime, end: datetime, tools: Tools
) -> list[Posting]:
    """The postings of [start, end), each in its place in `folder`."""
    held = read_listing(folder)
    if held is None or start < held.since or held.until < end:
        held = _listed(report, held, start, end, tools)
        save_listing(folder, held)
    wanted = [p for p in held.postings if start <= p.published < end]
    _check(report, start, end, wanted, tools)
    missing = [p for p in wanted if not posting_path(folder, p).exists()]
    for posting, body in _downloads(report, missing, tools):
        save_posting(folder, posting, body)
    return wanted


def _listed(
    report: Report, held: Listing | None, start: datetime, end: datetime, tools: Tools
) -> Listing:
    """`held` and what the site or the archive lists beyond it."""
    joins = held is not None and held.since <= start
    since = max(start, held.until) if held is not None and joins else start
    if _on_site(report, since, tools):
        fresh = site_listing(report, tools.client, tools.live)
    else:
        fresh = archive_listing(report, since, end, tools.client, tools.live)
    postings = {p.id: p for p in (*(held.postings if held else ()), *fresh)}
    inside = [p for p in postings.values() if month(p.published) == month(start)]
    until = min(end, tools.now - SETTLED)
    first = min(start, held.since) if held else start
    ordered = sorted(inside, key=lambda p: (p.published, p.id))
    return Listing(first, max(first, until, held.until if held else first), tuple(ordered))


def _downloads(
    report: Report, missing: list[Posting], tools: Tools
) -> Iterator[tuple[Posting, bytes]]:
    """Bytes of the `missing` postings: one by one from the site, in lots from the archive."""
    recent = [p for p in missing if p.site and _on_site(report, p.published, tools)]
    older = [p for p in missing if p not in set(recent)]
    for k in range(0, len(older), report.batch):
        lot = older[k : k + report.batch]
        _progress(report, lot[0], k, len(older))
        bodies = from_archive(report, lot, tools.client, tools.live)
        yield from ((posting, bodies[posting.id]) for posting in lot)
    for k, posting in enumerate(recent):
        if k % 100 == 0:
            _progress(report, posting, k, len(recent))
        yield posting, from_site(report, posting, tools.client, tools.live)


def _on_site(report: Report, at: datetime, tools: Tools) -> bool:
    """Whether the public site still has what was posted `at`."""
    return at >= tools.now - timedelta(days=report.days_kept) + MARGIN


def _progress(report: Report, first: Posting, done: int, of: int) -> None:
    name = f"{report.emil} {report.about}"
    log.info("%s: %d of %d postings, at %s", name, done, of, f"{first.published:%Y-%m-%d %H:%MZ}")


def _check(
    report: Report, start: datetime, end: datetime, postings: list[Posting], tools: Tools
) -> None:
    """Refuse whole past days that are half empty."""
    local = [p.published.astimezone(ZoneInfo(TZ)).date() for p in postings]
    past = local_days(start, min(end, tools.now - SETTLED), TZ)
    counts = pd.Series(local, dtype=object).value_counts()
    due = [day for day in past if day >= report.since]
    require_complete(source_of(report), due, report.per_day, counts, tools)


def source_of(report: Report) -> Source:
    """The registry's row of a report."""
    series = dict.fromkeys(q for cut in report.cuts for q, _ in cut.columns.values())
    usual = timedelta(days=1) / report.per_day
    return Source(
        report.emil,
        "ERCOT",
        tuple(series),
        partial(fetch_report, report),
        span=timedelta(days=31),
        published="recorded: time of posting",
        origin=f"ERCOT {report.emil.upper()} (report {report.number}), {report.about}",
        fresh=usual + max(usual / 4, timedelta(hours=2)),
        kept="postings",
        since=report.since,
    )


SOURCES: Final = tuple(source_of(report) for report in REPORTS)
