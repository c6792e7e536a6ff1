"""What ERCOT keeps for anyone, a workbook a year: prices of hubs and zones since 2011, and load.

It records what a report had said, so a value is public when that report had it, by rule. Only what
no posting gives is taken from it. A version that has what is needed is kept and not asked for
again; what a later one corrects became public when that was posted.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Set
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, cast
from urllib.parse import urlsplit

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName as S
from rtlmp.clock import instant, month
from rtlmp.io.files import naming, write_bytes
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Tools
from rtlmp.sources.base.store import Listing, Posting, posting_path, read_listing, save_listing
from rtlmp.sources.base.vintages import Times, at_clock, distinct_vintages, first_seen
from rtlmp.sources.base.web import FetchError, Request, fetch
from rtlmp.sources.ercot.client import from_site, site_listing
from rtlmp.sources.ercot.parse import parse
from rtlmp.sources.ercot.postings import report_source
from rtlmp.sources.ercot.reports import REPORTS, ZONES, Cut, Report
from rtlmp.sources.ercot.texts import workbook_csv
from rtlmp.sources.ercot.times import TZ, ZONE

Found: TypeAlias = tuple[Posting, bytes]  # a version
LOADS: Final = "/gridinfo/load/load_hist"
LINK: Final = re.compile(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)
OF: Final = {report.emil: report for report in REPORTS}
RT_DELAY: Final = pd.Timedelta(minutes=15 + 2)
REACH: Final = timedelta(days=2)  # between delivery and publication, at most
log = logging.getLogger(__name__)


class Book(NamedTuple):
    """A kind of yearly workbook."""

    report: Report  # as which it is parsed
    of: Report  # whose postings it records
    about: str  # of `publish`
    publish: Callable[[Times], Times]
    # the newest of a year, unless it is one of these that are stored
    find: Callable[[Report, int, Set[str], Tools], Found | None]


def fetch_book(book: Book, start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """What workbooks know of [start, end), within one UTC month, if postings do not cover it."""
    store = Path(tools.live["store"])
    postings = read_listing(store / book.of.emil / month(start))
    need = min(end, postings.since) if postings else end
    years = sorted({at.astimezone(ZONE).year for at in (start - REACH, need + REACH)})
    tables = [_year(book, year, start, need, tools) for year in years if start < need]
    rows = pd.concat([*tables, no_observations()], ignore_index=True)
    if any(cut.location for cut in book.report.cuts) and tools.locations:
        rows = rows[rows[Observations.location].isin(tools.locations)]
    return cast("DataFrame[Observations]", rows)


def _year(book: Book, year: int, start: datetime, need: datetime, tools: Tools) -> pd.DataFrame:
    """What the workbook of `year` says was published in the month of `start`, up to `need`."""
    import fcntl  # see base.pace

    folder = Path(tools.live["store"]) / book.report.emil / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:  # months of a year are jobs side by side
        fcntl.flock(file, fcntl.LOCK_EX)
        listing = read_listing(folder)
        last = pd.Series([instant(date(year, 12, 31), "23:00", TZ)])
        goal = min(need, book.publish(last).iloc[0])
        apart = timedelta(days=1) / book.of.per_day
        short = listing is None or listing.until + 1.5 * apart < goal
        if start < goal and short and not tools.offline:
            listing = _newer(book, year, folder, listing, tools)
    return _stored(folder, listing, month(start)) if listing else no_observations()


def _newer(
    book: Book, year: int, folder: Path, old: Listing | None, tools: Tools
) -> Listing | None:
    """`old` with the newest version, parsed by month of publication, if there is another."""
    known = old.postings if old else ()
    found = book.find(book.report, year, {p.id for p in known}, tools)
    if found is None:
        return old
    posting, body = found
    log.info("%s %d: version %s", book.report.label, year, posting.id)
    write_bytes(body, posting_path(folder, posting))
    with naming(what := book.report.name_of(*posting[:2])):
        csv = workbook_csv(body, what)
    said = parse(book.report, [(posting, csv)])
    said[Observations.publish_time] = book.publish(said[Observations.valid_time])
    rows = first_seen(distinct_vintages(said), _stored(folder, old), None, posting.published)
    at = rows[Observations.publish_time].to_numpy("datetime64[us]")
    for name, of in rows.groupby(at.astype("datetime64[M]").astype(str)):
        path = posting_path(folder, posting).with_suffix("") / f"{name}.parquet"
        write_table(Observations, of.reset_index(drop=True), path)
    since, until = said[Observations.publish_time].agg(["min", "max"])
    listing = Listing(since, until, (*known, posting))
    save_listing(folder, listing)
    return listing


def _stored(folder: Path, listing: Listing | None, month: str = "*") -> pd.DataFrame:
    """What the stored versions say was published in a month, or at any time."""
    versions = listing.postings if listing else ()
    folders = [posting_path(folder, version).with_suffix("") for version in versions]
    paths = [path for of in folders for path in sorted(of.glob(f"{month}.parquet"))]
    return pd.concat([*(read_table(Observations, p) for p in paths), no_observations()])


def _listed(report: Report, year: int, known: Set[str], tools: Tools) -> Found | None:
    """Of those that the public site lists."""
    listed = site_listing(report, tools.client)
    of = [p for p in listed if f"_{year}" in p.name]
    _require(report, year, bool(of), [p.name for p in listed], tools)
    newest = max(of, key=lambda p: p.published, default=None)
    if newest is None or newest.id in known:
        return None
    return newest, from_site(report, newest, tools.client)


def _linked(report: Report, year: int, known: Set[str], tools: Tools) -> Found | None:
    """Of the load page, whose addresses stay while files grow: told apart by their bytes."""
    request = Request(f"{report.label}: page", "mis", LOADS)
    links = LINK.findall(fetch(tools.client, request, lambda body: body.decode(errors="replace")))
    files = [to for to, text in links if str(year) in text]
    of = [to for to in files if to.lower().endswith((".zip", ".xlsx"))]
    _require(report, year, bool(of), [to for to, _ in links if "load" in to.lower()], tools)
    if not of:
        return None
    path = urlsplit(of[0]).path
    body = fetch(tools.client, Request(f"{report.label} {year}", "mis", path), bytes)
    version = hashlib.sha256(body).hexdigest()[:16]
    return None if version in known else (Posting(version, tools.now, path), body)


def _require(report: Report, year: int, there: bool, listed: list[str], tools: Tools) -> None:
    if not there and year < tools.now.astimezone(ZONE).year:
        missing = f"{report.label}: no workbook of {year} among {listed}"
        raise FetchError(f"{missing}; begin later, or see whether ERCOT moved it")


NATIVE: Final = Cut({n: (S.LOAD, z) for z, ways in ZONES.items() for n in (z, *ways)})
RT, DAM, LOAD = (OF[emil] for emil in ("np6-905-cd", "np4-190-cd", "np6-345-cd"))
BOOKS: Final = (
    Book(RT._replace(emil="np6-785-er", number=13061, about="real-time prices of a year",
                     since=date(2011, 1, 1)),
         RT, "2 min after the interval, as NP6-905", lambda valid: valid + RT_DELAY, _listed),
    Book(DAM._replace(emil="np4-180-er", number=13060, about="day-ahead prices of a year",
                      since=date(2010, 12, 1)),
         DAM, "13:51 local of the day before, as NP4-190",
         partial(at_clock, tz=TZ, days=-1, clock="13:51"), _listed),
    Book(LOAD._replace(emil="native-load", about="of a year", since=date(2017, 1, 1),
                       cuts=(NATIVE,)),
         LOAD, "05:50 local of the day after, as NP6-345",
         partial(at_clock, tz=TZ, days=1, clock="05:50"), _linked),
)  # fmt: skip
SOURCES: Final = tuple(
    report_source(book.report)._replace(
        fetch=partial(fetch_book, book), published=f"rule: {book.about}", record=True, days_kept=0,
        origin=f"ERCOT's {book.report.about}, without an account", fresh=timedelta(days=40),
        when=lambda live: not live["archive"],
    )
    for book in BOOKS
)  # fmt: skip
