"""Tables of the other markets: when their values were public, and the calls of gridstatus.

A call is for one table of one local day.
It drops failed parts of a span with a printed line unless told to raise, and inner calls are not
told; asked for a single date it has fewer parts to drop, and `observe` counts what came.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from http import HTTPStatus
from itertools import count, product
from typing import Any, Final, NamedTuple, TypeAlias

import pandas as pd

from rtlmp.asof.view import HOUR
from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import Tools
from rtlmp.sources.base.vintages import Times, at_clock
from rtlmp.sources.base.web import FetchError, UnreadableError, time_limit, with_retries

log = logging.getLogger(__name__)
MOST: Final = 10  # locations of one call: CAISO takes no more
DAY: Final = timedelta(hours=30)  # once a day, and some
WHOLE: Final = pd.Timedelta(hours=24)
NOTHING: Final = ("NoDataFoundException", "NotSupported")  # how it says that a day is not there
Named: TypeAlias = Callable[[Any, Sequence[str]], list[Any]]


class Rule(NamedTuple):
    """When a value was public."""

    about: str
    fresh: timedelta = DAY  # older than this at issue time is stale
    early: timedelta = timedelta(0)  # publication before delivery, at most
    minutes: int = 0  # after the frame's `column`, else after the interval
    column: str = ""
    eve: str = ""  # or at this local clock of the day before

    def publish(self, frame: pd.DataFrame, tz: str) -> Times:
        """Of a frame with UTC `valid_time`, an interval of an hour or five minutes a row."""
        valid = frame[Observations.valid_time]
        if self.eve:
            return at_clock(valid, tz, -1, self.eve)
        step = HOUR if (valid.dt.minute == 0).all() else HOUR / 12
        since = utc_column(frame, self.column) if self.column else valid + step
        return since + pd.Timedelta(minutes=self.minutes)


def after(minutes: int, fresh: timedelta = timedelta(hours=3)) -> Rule:
    """So long after the hour or five minutes have passed."""
    return Rule(f"rule: {minutes} min after the interval", fresh, minutes=minutes)


def on_eve(clock: str) -> Rule:
    """At a local clock time of the day before."""
    return Rule(f"rule: {clock} local of the day before", early=timedelta(hours=36), eve=clock)


def as_published(column: str, minutes: int = 0, early: timedelta = timedelta(0)) -> Rule:
    """As the frame says, and so long after that."""
    about = f"rule: {column} + {minutes} min" if minutes else f"recorded: {column}"
    return Rule(about, early=early, minutes=minutes, column=column)


class Feed(NamedTuple):
    """One table of one market."""

    market: str
    name: str
    method: str  # of gridstatus
    columns: Mapping[str, SeriesName]  # values; {"": q}: every other column is a location of q
    rule: Rule
    location: str = ""  # column; "": the whole market
    options: Mapping[str, object] = {}
    whole: str = ""  # what gridstatus calls the whole market
    named: Named | None = None  # what it calls the locations it is asked for; None: it gives all
    hours: bool = False  # it gives 24 hours from the date on, whatever the clock does
    keeps: int | None = None  # days before today that it gives; None: all
    older: "Feed | None" = None  # what gives the others
    heals: timedelta = timedelta(days=7)  # so long after its end a short day is asked for again

    @property
    def source(self) -> str:
        """Its name in the registry."""
        return f"{self.market.lower()}-{self.name}"


def utc_column(frame: pd.DataFrame, column: str) -> Times:
    """A time column as UTC. Raises where it is naive: hours would be off unseen."""
    if column not in frame or getattr(frame[column].dtype, "tz", None) is None:
        types = dict(frame.dtypes.astype(str))
        raise FetchError(f"gridstatus: {column} has no time zone among {types}; refused")
    return frame[column].dt.tz_convert("UTC")


def by_name(_: object, names: Sequence[str]) -> list[str]:
    """Locations as they are."""
    return list(names)


def pjm_ids(pjm: Any, names: Sequence[str]) -> list[int]:  # noqa: ANN401  # gridstatus' own
    """Numbers of price nodes that the config has by name or number."""
    nodes = pjm.get_pnode_ids(include_terminated=True)
    ids, known = nodes["pnode_id"].astype(str), nodes["pnode_name"].str.strip()
    for name in {*names} - {*ids} - {*known}:
        near = get_close_matches(name, known, 3)
        raise FetchError(f"PJM has no price node {name!r}; near to it {near}")
    return [int(i) for i in nodes.loc[ids.isin(names) | known.isin(names), "pnode_id"]]


def gridstatus_frame(feed: Feed, day: pd.Timestamp, what: str, tools: Tools) -> pd.DataFrame:
    """What it gives, without rows where the market has nothing of that day (yet)."""
    remedy = f"try again later, or see gridstatus {feed.market}.{feed.method}"
    tries = count(1)

    def call() -> pd.DataFrame:
        try:
            with time_limit(tools.live["timeout"]), warnings.catch_warnings(action="ignore"):
                return _frame(feed, day, sorted(tools.locations))
        except Exception as error:
            why = f"{type(error).__name__} {error}"
            # CAISO answers a caller in a hurry as if it had nothing
            if _nothing(error) and (feed.market != "CAISO" or next(tries) == tools.client.attempts):
                log.warning("%s: nothing there: %s", what, why)
                return pd.DataFrame()
            if isinstance(error, OSError | FetchError):
                raise  # of the network: may pass
            if _nothing(error) or isinstance(error, KeyError | RuntimeError):
                raise UnreadableError(why) from error  # a page instead of the table: may pass
            raise FetchError(f"{what}: {why}; {remedy}") from error

    return with_retries(tools.client, "isos", what, remedy, call)


def _nothing(error: Exception) -> bool:
    """Whether the market has no such day: neither broken nor busy."""
    status = getattr(getattr(error, "response", error), "status_code", getattr(error, "code", 0))
    empty = "No objects to concatenate" in str(error)  # no file of that day in NYISO's month
    return status == HTTPStatus.NOT_FOUND or empty or type(error).__name__ in NOTHING


def _frame(feed: Feed, day: pd.Timestamp, names: Sequence[str]) -> pd.DataFrame:
    import gridstatus  # most of a second

    iso, after = getattr(gridstatus, feed.market)(), day + pd.DateOffset(days=1)
    method = getattr(iso, feed.method)
    strict = {"error": "raise"} if hasattr(method, "__wrapped__") and not feed.named else {}
    dates = [day, day + WHOLE] if feed.hours and after - day > WHOLE else [day]
    asked = feed.named(iso, names) if feed.named else []
    groups = [{"locations": asked[k : k + MOST]} for k in range(0, len(asked), MOST)] or [{}]
    each = product(dates, groups)
    made = [method(date=at, **strict, **feed.options, **group) for at, group in each]
    frame = pd.concat(made, ignore_index=True)
    return frame[frame["Interval Start"].between(day, after, "left")] if feed.hours else frame
