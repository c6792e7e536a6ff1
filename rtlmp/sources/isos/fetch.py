"""What gridstatus gives of a table and local day as observations.

Where its frames say when a value was published that is taken; else a rule, chosen late rather than
early.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import instant
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import KEY, stamped
from rtlmp.sources.base.web import FetchError
from rtlmp.sources.isos.ask import Feed, gridstatus_frame, utc_column

START: Final = ("Interval Start", "Time")
TIMES: Final = frozenset({*START, "Interval End", "Publish Time", "Forecast Time"})
Place: TypeAlias = "str | pd.Series[str]"
NAMES: Final = ("Location", "Location Name")  # columns that hold names of nodes
ID: Final = "Location Id"  # beside one of them, where nodes have numbers too


def feed_source(feed: Feed) -> Source:
    """The registry's row of a feed."""
    all_days = feed.keeps is None or feed.older is not None
    return Source(
        feed.source, feed.market, tuple(feed.columns.values()), partial(fetch_feed, feed),
        span=timedelta(days=1), published=feed.rule.about, fresh=feed.rule.fresh,
        origin=f"{feed.market} by gridstatus {feed.method}", early=feed.rule.early,
        late=timedelta(hours=12), heals=feed.heals if all_days else timedelta(0), whole=all_days,
        needs=("PJM_API_KEY",) if feed.market == "PJM" else (),
    )  # fmt: skip


def fetch_feed(feed: Feed, start: datetime, _: datetime, tools: Tools) -> DataFrame[Observations]:
    """What gridstatus gives of the local day that begins at `start`, if it is there already."""
    tz = MARKETS[feed.market].tz
    day, today = (pd.Timestamp(t).tz_convert(tz) for t in (start, tools.now))
    eve = day.date() - timedelta(days=1)
    if feed.rule.eve and tools.now < instant(eve, feed.rule.eve, tz):
        return no_observations()
    if feed.keeps is not None and (today.date() - day.date()).days > feed.keeps:
        return fetch_feed(feed.older, start, _, tools) if feed.older else no_observations()
    what = f"{feed.source} {day:%Y-%m-%d}"
    frame = gridstatus_frame(feed, day, what, tools)
    if frame.empty:
        return no_observations()
    if feed.location in NAMES:
        starts = utc_column(frame, START[0])
        frame = frame[(starts >= day) & (starts < day + pd.DateOffset(days=1))]
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
        table[Observations.value] = pd.to_numeric(frame[column]).astype(float)
        for place in _locations(feed, frame, column, market.system):
            placed = table.assign(**{Observations.location: place})
            all_of_it = feed.location not in NAMES or not locations
            tables.append(placed[all_of_it | placed[Observations.location].isin(locations)])
    rows = pd.concat([*tables, no_observations()], ignore_index=True).dropna().drop_duplicates()
    rows = hourly_means(rows) if next(iter(feed.columns.values())).step == "h" else rows
    twice = rows[rows.duplicated([*KEY, Observations.publish_time], keep=False)].sort_values(KEY)
    if len(twice):
        two = twice.head(2).to_dict("records")
        raise FetchError(f"{what}: values of two nodes of one name, give its number: {two}")
    return stamped(rows)


def hourly_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows within hours as means of them, published with the last; others as they are."""
    hour = rows[Observations.valid_time].dt.floor("h")
    if (hour == rows[Observations.valid_time]).all():
        return rows
    of = rows.assign(**{Observations.valid_time: hour}).groupby(KEY, as_index=False, sort=False)
    return of.agg({Observations.publish_time: "max", Observations.value: "mean"})


def _locations(feed: Feed, frame: pd.DataFrame, column: str, system: str) -> Iterator[Place]:
    """Location of a column's values, by each of its names; of a product REGION/PRODUCT."""
    if not feed.location:
        yield column if "" in feed.columns and column != feed.whole else system
    else:
        names = frame[feed.location].map(str, na_action="ignore").str.strip()
        names = names.replace(feed.whole, system)
        yield names + "/" + column if "" in feed.columns else names
        if ID in frame and feed.location in NAMES:
            yield frame[ID].astype(str)


def _columns(feed: Feed, frame: pd.DataFrame) -> dict[str, SeriesName]:
    if "" not in feed.columns:
        return dict(feed.columns)
    others = frame.drop(columns=[*TIMES, feed.location], errors="ignore")
    numbers = others.apply(pd.to_numeric, errors="coerce").notna().any()
    return dict.fromkeys(numbers.index[numbers], feed.columns[""])
