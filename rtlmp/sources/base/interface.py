"""What a source is, and what is done for all of them once: calls, completeness, late values.

A fetcher is a plain function of a span that returns observations or raises. `observe` asks it
call by call, never twice for what is final, and stores what each call saw first.
"""

import logging
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS, MINUTES, SeriesName
from rtlmp.clock import days, instant
from rtlmp.config.kinds import Live
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.store import Loss, read_call, write_call
from rtlmp.sources.base.vintages import Times, distinct_vintages, first_seen, not_seen_before
from rtlmp.sources.base.web import Client

FIRST_CALL: Final = date(2000, 1, 3)  # calls of several days are counted from here: no shift
CALLED: Final = "%Y%m%dT%H%M%S%fZ"  # a stored call's file name
RECENT: Final = timedelta(days=31)  # a fault of a source in these stops no run
MIN_SHARE: Final = 0.5  # of a whole day's values; less is a failure of the source, not a gap
log = logging.getLogger(__name__)


class IncompleteError(RuntimeError):
    """A day of a source has too little: which, how much, what to do."""


class Tools(NamedTuple):
    """What a fetcher may use."""

    client: Client
    live: Live
    locations: frozenset[str]
    series: frozenset[SeriesName]
    now: datetime
    lost: list[Loss]  # without which a run goes on: to be said
    offline: bool = False  # only what is stored


Fetcher: TypeAlias = Callable[[datetime, datetime, Tools], DataFrame[Observations]]


class Source(NamedTuple):
    """One row of the registry."""

    name: str  # also its folder in the store
    market: str  # "" serves every market
    series: tuple[SeriesName, ...]
    fetch: Fetcher
    span: timedelta  # largest of one call, whole days; a UTC month where postings are stored
    published: str  # how publish times are known: "recorded ..." or "rule: ..."
    origin: str  # where it comes from, and on what terms
    fresh: timedelta  # older than this at issue time is stale
    stored: Literal["calls", "postings"] = "calls"  # postings: spans are of publication
    early: timedelta = timedelta(0)  # calls: publication before delivery, at most
    late: timedelta = timedelta(0)  # and after; what is asked after that is final
    heals: timedelta = timedelta(0)  # and so long after, too, while a day is short
    since: date = date(2011, 1, 1)  # nothing is asked for before
    whole: bool = True  # calls: a past day has all its intervals
    when: Callable[[Live], bool] = lambda _: True  # whether the config asks for it
    needs: tuple[str, ...] = ()  # names in the environment without which it is left out
    days_kept: int = 0  # for those without an account; 0: all
    record: bool = False  # of what another source gives: heard where that one is silent

    @property
    def tz(self) -> str:
        """Clock that names its days."""
        return MARKETS[self.market].tz if self.market else "UTC"


def observe(source: Source, start: datetime, end: datetime, tools: Tools) -> pd.DataFrame:
    """All that `source` published in [start, end), as vintages."""
    start = max(start, instant(source.since, "00:00", source.tz))
    if start >= end:
        return no_observations()
    called = source.stored == "calls"
    tables = _calls(source, start, end, tools) if called else [source.fetch(start, end, tools)]
    rows = pd.concat(list(tables) or [no_observations()], ignore_index=True)
    publish = rows[Observations.publish_time]
    inside = (publish >= start) & (publish < end)
    return distinct_vintages(rows[inside & rows[Observations.series].isin(tools.series)])


def of_source(source: Source, at: datetime, why: str) -> Loss:
    """Of all that it would have given `at` that time."""
    log.warning("%s goes on with what is stored: %s", source.name, why)
    return Loss(source.name, "", at, why, accepted=False, whole=True)


def accepted(name: str, day: date, tools: Tools) -> bool:
    """Whether live.gaps has this day of the source `name`."""
    return any(f"{name} {day}".startswith(gap) for gap in tools.live["gaps"])


def require_complete(
    source: Source, start: datetime, end: datetime, times: Times, want: int, tools: Tools, why: str
) -> None:
    """Raises IncompleteError where a whole local day of [start, end) has too few of `times`.

    That is under `MIN_SHARE` of the `want` that a day should have, unless it is a known gap; a
    `RECENT` one is lost instead. `why` is added to what is said.
    """
    first, after = (t.astimezone(ZoneInfo(source.tz)).date() for t in (start, end))
    counts = times.dt.tz_convert(source.tz).dt.date.value_counts()
    for day in days(max(first, source.since), after - timedelta(days=1)):
        found, name = int(counts.get(day, 0)), f"{source.name} {day}"
        at = instant(day, "00:00", source.tz)
        if at >= start and found < MIN_SHARE * want and not accepted(source.name, day, tools):
            remedy = f'ask again later, or add "{name}" to live.gaps if {source.origin} has no more'
            said = f"{name}: {found} of {want} values; {remedy}{why}"
            if at < tools.now - RECENT:
                raise IncompleteError(said)
            if not tools.offline:  # else it is said already
                tools.lost.append(of_source(source, at, said))


def _calls(source: Source, start: datetime, end: datetime, tools: Tools) -> Iterator[pd.DataFrame]:
    """What the calls say of all delivery that can have been published in [start, end)."""
    tz, span = ZoneInfo(source.tz), source.span.days
    first, last = (t.astimezone(tz).date() for t in (start - source.late, end + source.early))
    for day in days(first - source.heals, first - timedelta(days=1)):  # short then, perhaps
        if _folder(source, day, tools).exists():
            yield from _call(source, day, end, tools)
    for k in range((first - FIRST_CALL).days // span, (last - FIRST_CALL).days // span + 1):
        yield from _call(source, FIRST_CALL + timedelta(days=k * span), end, tools)


def _call(source: Source, day: date, end: datetime, tools: Tools) -> list[pd.DataFrame]:
    """Observations of the span that begins on `day`, asked for unless what is stored is final."""
    folder = _folder(source, day, tools)
    begins, ends = (instant(d, "00:00", source.tz) for d in (day, day + source.span))
    calls = sorted(folder.glob("[0-9]*.parquet"))  # not what a killed run left half written
    seen = [read_call(path) for path in calls]
    stored = [rows for rows in seen if rows is not None and len(rows)]
    sound = bool(seen) and all(rows is not None for rows in seen)
    before = datetime.strptime(calls[-1].stem, CALLED).replace(tzinfo=UTC) if sound else None
    settled = ends + source.late
    lacks = partial(_lacks, source, begins, ends, tools.locations)
    heals = before and before < ends + source.heals and lacks(stored)
    if tools.offline or (before and before >= (end if heals else min(settled, end))):
        return stored
    log.info("%s: %s", source.name, day)
    until = min(ends, tools.now + source.early)
    rows: pd.DataFrame = source.fetch(begins, until, tools)
    if source.heals and not calls and settled <= tools.now and lacks([rows]):
        rows = max(rows, source.fetch(begins, until, tools), key=len)  # a part may just have failed
    if source.whole:
        slots, want = _slots(source.series[0], rows)
        sure = min(ends, end - max(source.late, source.heals))
        require_complete(source, begins, sure, slots, want, tools, "")
    unseen = first_seen if source.published.startswith("rule") else not_seen_before
    rows = unseen(rows, pd.concat([*stored, no_observations()]), before, tools.now)
    write_call(rows, folder / f"{tools.now:{CALLED}}.parquet")  # be it nothing
    if source.heals and settled <= tools.now and (short := lacks([*stored, rows])):
        log.warning("%s %s: %s", source.name, day, short)
    return [*stored, rows]


def _folder(source: Source, day: date, tools: Tools) -> Path:
    """Of the stored calls for the span that begins on `day`."""
    return Path(tools.live["store"]) / source.name / f"{day:%Y-%m}" / f"{day:%d}"


def _lacks(
    of: Source, begins: datetime, ends: datetime, wanted: Set[str], tables: Sequence[pd.DataFrame]
) -> str:
    """What `tables` lack of [begins, ends), at the wanted location that has least; "": nothing."""
    rows = pd.concat([*tables, no_observations()], ignore_index=True)
    valid, series = rows[Observations.valid_time], of.series[0]
    inside = (valid >= begins) & (valid < ends) & (rows[Observations.series] == series)
    slots = valid[inside].dt.floor(series.step).groupby(rows[Observations.location]).nunique()
    prices = slots[slots.index.isin(wanted)]
    found = int(prices.min() if len(prices) else slots.max() if len(slots) else 0)
    want = (ends - begins) // timedelta(minutes=MINUTES[series.step])
    return f"short, {found} of {want} values" if found < want else ""


def _slots(series: SeriesName, rows: pd.DataFrame) -> tuple[Times, int]:
    """Intervals of `series` that have a value, and how many a day has."""
    valid = rows.loc[rows[Observations.series] == series, Observations.valid_time]
    return valid.dt.floor(series.step).drop_duplicates(), MINUTES["D"] // MINUTES[series.step]
