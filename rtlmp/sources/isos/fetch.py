"""One call of gridstatus a table and local day, and what it gives as observations.

It drops failed parts of a span with a printed line unless told to raise, and inner calls
are not told; asked for a single date it has no parts to drop. Where its frames say when a value
was published that is taken; else a rule, chosen late rather than early.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import KEY, Times, stamped
from rtlmp.sources.base.web import FetchError, time_limit, with_retries

START: Final = ("Interval Start", "Time")
TIMES: Final = frozenset({*START, "Interval End", "Publish Time", "Forecast Time"})
DAY: Final = timedelta(hours=30)  # once a day, and some


class Rule(NamedTuple):
    """When a value was public."""

    about: str
    # of a frame with UTC `valid_time`, and the market's zone
    publish: Callable[[pd.DataFrame, str], Times]
    fresh: timedelta  # older than this at issue time is stale
    early: timedelta = timedelta(0)  # publication before delivery, at most


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

    @property
    def source(self) -> str:
        """Its name in the registry."""
        return f"{self.market.lower()}-{self.name}"


def after(minutes: int, fresh: timedelta = timedelta(hours=3)) -> Rule:
    """So long after the hour or five minutes have passed."""

    def publish(frame: pd.DataFrame, _: str) -> Times:
        step = HOUR if (frame[Observations.valid_time].dt.minute == 0).all() else HOUR / 12
        return frame[Observations.valid_time] + step + pd.Timedelta(minutes=minutes)

    return Rule(f"rule: {minutes} min after the interval", publish, fresh)


def on_eve(clock: str) -> Rule:
    """At a local clock time of the day before."""

    def publish(frame: pd.DataFrame, tz: str) -> Times:
        local = frame[Observations.valid_time].dt.tz_convert(tz)
        eve = local.dt.tz_localize(None).dt.normalize() - pd.Timedelta(days=1)
        return (eve + pd.Timedelta(f"{clock}:00")).dt.tz_localize(tz).dt.tz_convert("UTC")

    return Rule(f"rule: {clock} local of the day before", publish, DAY, timedelta(hours=36))


def as_published(column: str, minutes: int = 0, early: timedelta = timedelta(0)) -> Rule:
    """As the frame says, and so long after that."""

    def publish(frame: pd.DataFrame, _: str) -> Times:
        return utc_column(frame, column) + pd.Timedelta(minutes=minutes)

    kind = "rule: " if minutes else "recorded: "
    about = f"{kind}{column}{f' + {minutes} min' if minutes else ''}"
    return Rule(about, publish, DAY, early)


def feed_source(feed: Feed) -> Source:
    """The registry's row of a feed."""
    return Source(
        feed.source,
        feed.market,
        tuple(feed.columns.values()),
        partial(fetch_feed, feed),
        span=timedelta(days=1),
        published=feed.rule.about,
        origin=f"{feed.market} by gridstatus {feed.method}",
        fresh=feed.rule.fresh,
        early=feed.rule.early,
        late=timedelta(hours=12),
        needs=("PJM_API_KEY",) if feed.market == "PJM" else (),
    )


def fetch_feed(feed: Feed, start: datetime, _: datetime, tools: Tools) -> DataFrame[Observations]:
    """What gridstatus gives of the local day that begins at `start`."""
    day = pd.Timestamp(start).tz_convert(MARKETS[feed.market].tz)
    what = f"{feed.source} {day:%Y-%m-%d}"
    remedy = f"try again later, or see gridstatus {feed.market}.{feed.method}"

    def call() -> pd.DataFrame:
        try:
            with time_limit(tools.live["timeout"]):
                return _gridstatus_frame(feed, day)
        except OSError:
            raise  # of the network: may pass
        except Exception as error:
            raise FetchError(f"{what}: {type(error).__name__} {error}; {remedy}") from error

    frame = with_retries(tools.client, "isos", what, remedy, call)
    return feed_observations(feed, frame, tools.locations, what)


def feed_observations(
    feed: Feed, frame: pd.DataFrame, locations: frozenset[str], what: str
) -> DataFrame[Observations]:
    """A frame of gridstatus as observations; hourly series are means of their hour."""
    market = MARKETS[feed.market]
    if lost := ({*feed.columns, feed.location} - {""}) - {*frame.columns}:
        raise FetchError(
            f"{what}: gridstatus gave no {sorted(lost)} but {list(frame.columns)}; "
            "see whether it renamed a column, and rename it in rtlmp/sources/isos/feeds.py"
        )
    start = next((c for c in START if c in frame), START[0])
    times = pd.DataFrame({Observations.valid_time: utc_column(frame, start)})
    times[Observations.publish_time] = feed.rule.publish(frame.assign(**times), market.tz)
    tables = []
    for column, q in _columns(feed, frame).items():
        table = times.assign(**{Observations.series: q.value})
        table[Observations.location] = _location(feed, frame, column, market.system)
        table[Observations.value] = pd.to_numeric(frame[column]).astype(float)
        prices = feed.location == "Location" and locations
        tables.append(table[table[Observations.location].isin(locations)] if prices else table)
    rows = pd.concat([*tables, no_observations()], ignore_index=True).dropna()
    rows = hourly_means(rows) if next(iter(feed.columns.values())).step == "h" else rows
    return stamped(rows.drop_duplicates())


def hourly_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows within hours as means of them, published with the last; others as they are."""
    hour = rows[Observations.valid_time].dt.floor("h")
    if (hour == rows[Observations.valid_time]).all():
        return rows
    of = rows.assign(**{Observations.valid_time: hour}).groupby(KEY, as_index=False, sort=False)
    return of.agg({Observations.publish_time: "max", Observations.value: "mean"})


def utc_column(frame: pd.DataFrame, column: str) -> Times:
    """A time column as UTC. Raises where it is naive: hours would be off unseen."""
    if column not in frame or getattr(frame[column].dtype, "tz", None) is None:
        types = dict(frame.dtypes.astype(str))
        raise FetchError(f"gridstatus: {column} has no time zone among {types}; refused")
    return frame[column].dt.tz_convert("UTC")


def _gridstatus_frame(feed: Feed, day: pd.Timestamp) -> pd.DataFrame:
    import gridstatus  # most of a second, and it loosens TLS for the whole process

    method = getattr(getattr(gridstatus, feed.market)(), feed.method)
    strict = {"error": "raise"} if hasattr(method, "__wrapped__") else {}
    return method(date=day, **strict, **feed.options)


def _location(feed: Feed, frame: pd.DataFrame, column: str, system: str) -> "str | pd.Series[str]":
    """Location of a column's values; of each product in each region, REGION/PRODUCT."""
    if "" not in feed.columns:
        return frame[feed.location].replace(feed.whole, system) if feed.location else system
    if feed.location:
        return frame[feed.location] + "/" + column
    return system if column == feed.whole else column


def _columns(feed: Feed, frame: pd.DataFrame) -> dict[str, SeriesName]:
    if "" not in feed.columns:
        return dict(feed.columns)
    numbers = frame.select_dtypes("number").columns
    return {c: feed.columns[""] for c in numbers if c not in TIMES and c != feed.location}
