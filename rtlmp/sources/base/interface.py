"""What a source is, and what is done for all of them once: parts, completeness, late values.

A fetcher is a plain function of a span that returns observations or raises. `observe` asks it
part by part, never twice for what is final, and keeps what each call saw first.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS, MINUTES, SeriesName
from rtlmp.clock import days, instant
from rtlmp.config.live import Live
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.store import calls, read_calls, save_call
from rtlmp.sources.base.vintages import distinct_vintages, first_seen, not_seen_before
from rtlmp.sources.base.web import Client

Kept: TypeAlias = Literal["postings", "calls"]
EPOCH: Final = date(2000, 1, 3)  # parts of several days are counted from here: they never shift
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


class Fetcher(Protocol):
    def __call__(
        self, start: datetime, end: datetime, tools: Tools, /
    ) -> DataFrame[Observations]: ...


class Source(NamedTuple):
    """One row of the registry."""

    name: str  # also its folder in the store
    market: str  # "" serves every market
    series: tuple[SeriesName, ...]
    fetch: Fetcher
    span: timedelta  # largest of one call, whole days; a UTC month where postings are kept
    published: str  # how publish times are known: "recorded ..." or "rule: ..."
    origin: str  # where it comes from, and on what terms
    fresh: timedelta  # older than this at issue time is stale
    kept: Kept = "calls"  # postings: spans are of publication, and the fetcher keeps their bytes
    early: timedelta = timedelta(0)  # calls: publication before delivery, at most
    late: timedelta = timedelta(0)  # and after; a part asked after that is final
    since: date = date(2011, 1, 1)  # nothing is asked for before
    whole: bool = True  # calls: a past day has all its intervals
    when: Callable[[Live], bool] = lambda _: True  # whether the config asks for it
    needs: tuple[str, ...] = ()  # names in the environment without which it is left out


def observe(source: Source, start: datetime, end: datetime, tools: Tools) -> pd.DataFrame:
    """All that `source` published in [start, end), as vintages."""
    start = max(start, instant(source.since, "00:00", _tz(source)))
    if start >= end:
        return no_observations()
    called = source.kept == "calls"
    parts = _called(source, start, end, tools) if called else [source.fetch(start, end, tools)]
    rows = pd.concat(list(parts) or [no_observations()], ignore_index=True)
    publish = rows[Observations.publish_time]
    inside = (publish >= start) & (publish < end)
    return distinct_vintages(rows[inside & rows[Observations.series].isin(tools.series)])


def require_complete(
    source: Source, days_seen: Sequence[date], want: int, counts: "pd.Series[int]", tools: Tools
) -> None:
    """Raises IncompleteError where a day has under `MIN_SHARE` of `want`, unless a known gap."""
    for day in days_seen:
        found, name = int(counts.get(day, 0)), f"{source.name} {day}"
        accepted = any(name.startswith(gap) for gap in tools.live["gaps"])
        if found < MIN_SHARE * want and not accepted:
            raise IncompleteError(
                f'{name}: {found} of {want} values; ask again later, or add "{name}" to live.gaps '
                f"if {source.origin} has no more"
            )


def local_days(start: datetime, end: datetime, tz: str) -> list[date]:
    """Whole local days inside [start, end)."""
    first, last = (t.astimezone(ZoneInfo(tz)).date() for t in (start, end))
    inside = days(first, last)
    return [
        d
        for d in inside
        if instant(d, "00:00", tz) >= start and instant(d + timedelta(1), "00:00", tz) <= end
    ]


def _called(source: Source, start: datetime, end: datetime, tools: Tools) -> Iterator[pd.DataFrame]:
    """What the calls say of all delivery that can have been published in [start, end)."""
    tz, span = ZoneInfo(_tz(source)), source.span.days
    first, last = (t.astimezone(tz).date() for t in (start - source.late, end + source.early))
    for part in range((first - EPOCH).days // span, (last - EPOCH).days // span + 1):
        yield from _part(source, EPOCH + timedelta(part * span), end, tools)


def _part(source: Source, day: date, end: datetime, tools: Tools) -> list[pd.DataFrame]:
    """Observations of the part that begins on `day`, asked for unless what is held is final."""
    folder = Path(tools.live["store"]) / source.name / f"{day:%Y-%m}" / f"{day:%d}"
    begins, ends = (instant(d, "00:00", _tz(source)) for d in (day, day + source.span))
    made = calls(folder)
    held = read_calls([path for _, path in made])
    if made and made[-1][0] >= min(ends + source.late, end):
        return held
    log.info("%s: %s", source.name, day)
    rows: pd.DataFrame = source.fetch(begins, min(ends, tools.now + source.early), tools)
    if source.whole:
        _enough(source, begins, min(ends, end - source.late), rows, tools)
    before = made[-1][0] if made else None
    rule = source.published.startswith("rule")
    unseen = first_seen if rule else not_seen_before
    rows = unseen(rows, pd.concat([*held, no_observations()]), before, tools.now)
    save_call(folder, rows, tools.now)
    return [*held, rows]


def _enough(
    source: Source, start: datetime, end: datetime, rows: pd.DataFrame, tools: Tools
) -> None:
    """Refuse whole past days of actual values that are half empty."""
    tz, series = _tz(source), source.series[0]
    of = rows[rows[Observations.series] == series]
    slots = of[Observations.valid_time].dt.floor(series.step).drop_duplicates()
    counts = slots.dt.tz_convert(tz).dt.date.value_counts()
    want = MINUTES["D"] // MINUTES[series.step]
    require_complete(source, local_days(start, end, tz) if start < end else [], want, counts, tools)


def _tz(source: Source) -> str:
    return MARKETS[source.market].tz if source.market else "UTC"
