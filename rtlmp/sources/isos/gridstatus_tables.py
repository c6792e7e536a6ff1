"""The other markets, by gridstatus: one row a table, one call a local day.

gridstatus drops failed parts of a span with a printed line unless told to raise, and inner calls
are not told; asked for a single date it has no parts to drop. Where its frames say when a value
was published that is taken; else a rule, chosen late rather than early.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import DAM_PARTS, MARKETS, RT_PARTS, SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import stamped
from rtlmp.sources.base.web import FetchError, time_limit, with_retries

START: Final = ("Interval Start", "Time")
TIMES: Final = frozenset({*START, "Interval End", "Publish Time", "Forecast Time"})
PARTS: Final = ("LMP", "Energy", "Congestion", "Loss")
RT: Final = dict(zip(PARTS, (SeriesName.RT_LMP, *RT_PARTS), strict=True))
DAM: Final = dict(zip(PARTS, (SeriesName.DAM_SPP, *DAM_PARTS), strict=True))
Publish = Callable[[pd.DataFrame, str], "pd.Series[pd.Timestamp]"]
HOUR: Final = pd.Timedelta(hours=1)


class Rule(NamedTuple):
    """When a value was public."""

    about: str
    publish: Publish  # of a frame with UTC `valid_time`, and the market's zone


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
    early: timedelta = timedelta(0)
    fresh: timedelta = timedelta(hours=3)


def after(minutes: int) -> Rule:
    """So long after the hour or five minutes have passed."""

    def publish(frame: pd.DataFrame, _: str) -> "pd.Series[pd.Timestamp]":
        step = HOUR if (frame[Observations.valid_time].dt.minute == 0).all() else HOUR / 12
        return frame[Observations.valid_time] + step + pd.Timedelta(minutes=minutes)

    return Rule(f"rule: {minutes} min after the interval", publish)


def day_before(clock: str) -> Rule:
    """At a local clock time of the day before."""

    def publish(frame: pd.DataFrame, tz: str) -> "pd.Series[pd.Timestamp]":
        local = frame[Observations.valid_time].dt.tz_convert(tz)
        eve = local.dt.tz_localize(None).dt.normalize() - pd.Timedelta(days=1)
        return (eve + pd.Timedelta(f"{clock}:00")).dt.tz_localize(tz).dt.tz_convert("UTC")

    return Rule(f"rule: {clock} local of the day before", publish)


def as_published(column: str, minutes: int = 0) -> Rule:
    """As the frame says, and so long after that."""

    def publish(frame: pd.DataFrame, _: str) -> "pd.Series[pd.Timestamp]":
        return utc(frame, column) + pd.Timedelta(minutes=minutes)

    kind = "rule: " if minutes else "recorded: "
    return Rule(f"{kind}{column}{f' + {minutes} min' if minutes else ''}", publish)


def fetch_feed(feed: Feed, start: datetime, _: datetime, tools: Tools) -> DataFrame[Observations]:
    """What gridstatus gives of the local day that begins at `start`."""
    market = MARKETS[feed.market]
    day = pd.Timestamp(start).tz_convert(market.tz)
    name = f"{source_name(feed)} {day:%Y-%m-%d}"

    remedy = f"try again later, or see gridstatus {feed.market}.{feed.method}"

    def call() -> pd.DataFrame:
        try:
            with time_limit(tools.live["timeout"]):
                return _frame(feed, day)
        except OSError:
            raise  # of the network: may pass
        except Exception as error:
            raise FetchError(f"{name}: {type(error).__name__} {error}; {remedy}") from error

    frame = with_retries(tools.client, "isos", name, remedy, call)
    return observations(feed, frame, tools.locations, name)


def observations(
    feed: Feed, frame: pd.DataFrame, locations: frozenset[str], name: str
) -> DataFrame[Observations]:
    """A frame of gridstatus as observations; hourly series are means of their hour."""
    market = MARKETS[feed.market]
    if lost := ({*feed.columns, feed.location} - {""}) - {*frame.columns}:
        raise FetchError(
            f"{name}: gridstatus gave no {sorted(lost)} but {list(frame.columns)}; "
            "see whether it renamed a column, and rename it in rtlmp/sources/isos.py"
        )
    start = next((c for c in START if c in frame), START[0])
    times = pd.DataFrame({Observations.valid_time: utc(frame, start)})
    times[Observations.publish_time] = feed.rule.publish(frame.assign(**times), market.tz)
    parts = []
    for column, q in _columns(feed, frame).items():
        part = times.assign(**{Observations.series: q.value})
        part[Observations.location] = _place(feed, frame, column, market.system)
        part[Observations.value] = pd.to_numeric(frame[column]).astype(float)
        prices = feed.location == "Location" and locations
        parts.append(part[part[Observations.location].isin(locations)] if prices else part)
    rows = pd.concat([*parts, no_observations()], ignore_index=True).dropna()
    rows = hourly_means(rows) if next(iter(feed.columns.values())).step == "h" else rows
    return stamped(rows.drop_duplicates())


def hourly_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows within hours as means of them, published with the last; others as they are."""
    hour = rows[Observations.valid_time].dt.floor("h")
    if (hour == rows[Observations.valid_time]).all():
        return rows
    keys = [Observations.series, Observations.location, Observations.valid_time]
    of = rows.assign(**{Observations.valid_time: hour}).groupby(keys, as_index=False, sort=False)
    return of.agg({Observations.publish_time: "max", Observations.value: "mean"})


def utc(frame: pd.DataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    """A time column as UTC. Raises where it is naive: hours would be off unseen."""
    if column not in frame or getattr(frame[column].dtype, "tz", None) is None:
        held = dict(frame.dtypes.astype(str))
        raise FetchError(f"gridstatus: {column} has no time zone among {held}; refused")
    return frame[column].dt.tz_convert("UTC")


def source_name(feed: Feed) -> str:
    return f"{feed.market.lower()}-{feed.name}"


def source_of(feed: Feed) -> Source:
    """The registry's row of a feed."""
    return Source(
        source_name(feed),
        feed.market,
        tuple(feed.columns.values()),
        partial(fetch_feed, feed),
        span=timedelta(days=1),
        published=feed.rule.about,
        origin=f"{feed.market} by gridstatus {feed.method}",
        fresh=feed.fresh,
        early=feed.early,
        late=timedelta(hours=12),
        needs=("PJM_API_KEY",) if feed.market == "PJM" else (),
    )


def _frame(feed: Feed, day: pd.Timestamp) -> pd.DataFrame:
    import gridstatus  # most of a second, and it loosens TLS for the whole process

    method = getattr(getattr(gridstatus, feed.market)(), feed.method)
    told = {"error": "raise"} if hasattr(method, "__wrapped__") else {}
    return method(date=day, **told, **feed.options)


def _place(feed: Feed, frame: pd.DataFrame, column: str, system: str) -> "str | pd.Series[str]":
    """Location of a column's values; of each product in each region, REGION/PRODUCT."""
    if "" not in feed.columns:
        return frame[feed.location].replace(feed.whole, system) if feed.location else system
    return frame[feed.location] + "/" + column if feed.location else _named(feed, column, system)


def _named(feed: Feed, column: str, system: str) -> str:
    return system if column == feed.whole else column


def _columns(feed: Feed, frame: pd.DataFrame) -> dict[str, SeriesName]:
    if "" not in feed.columns:
        return dict(feed.columns)
    numbers = frame.select_dtypes("number").columns
    return {c: feed.columns[""] for c in numbers if c not in TIMES and c != feed.location}
