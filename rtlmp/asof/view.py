"""The one door to the data: only this room reads vintages, each as of an instant."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import (
    US_PER_HOUR,
    Archive,
    SeriesRows,
    VintageRows,
    Vintages,
    arrange_vintages,
    known_at,
    to_us,
)
from rtlmp.catalog import Market, SeriesName
from rtlmp.clock import HORIZON_HOURS
from rtlmp.schemas.core import Observations

HOUR: Final = pd.Timedelta(hours=1)
LOOKBACK: Final = pd.Timedelta(days=57)  # history a feature may read: eight weeks and the issue day


Reader: TypeAlias = Callable[[SeriesName, pd.Timedelta], pd.DataFrame]


class View(NamedTuple):
    """What a feature is given: one issue time, its 72 hours, and a reader that ends there."""

    issue_time: pd.Timestamp
    valid_time: pd.DatetimeIndex  # (72,) UTC
    local: pd.DatetimeIndex  # the same instants on the market's clock
    nodes: pd.Index  # whose features are asked
    network: pd.Index  # all of the run
    market: Market
    hours: pd.DatetimeIndex  # all hours that `read` answers for: lookback and horizon, UTC
    read: Reader
    memo: dict[Hashable, Any]  # what `features.registry.once` keeps


def archive_of_frames(tables: Iterable[DataFrame[Observations]]) -> Archive:
    """Hourly observations indexed for `known_frame`; a series that no table holds is empty."""
    rows = pd.concat(tables, ignore_index=True)
    held = dict(iter(rows.groupby(Observations.series, sort=False)))
    return {
        q: arrange_vintages(*series_rows(held.get(q, rows.iloc[:0])))
        for q in SeriesName
        if q.step == "h"
    }


def known_frame(held: Vintages, at: pd.Timestamp, hours: pd.DatetimeIndex) -> pd.DataFrame:
    """Latest values published by `at`: (hours, locations), NaN where nothing was."""
    span = hour_range(hours)
    return pd.DataFrame(known_at(held, to_us(at), span.start, len(span)), hours, held.locations)


def hour_range(hours: pd.DatetimeIndex) -> range:
    """Consecutive hours as hours since 1970."""
    first = to_us(hours[0]) // US_PER_HOUR
    return range(first, first + len(hours))


def view(
    data: Archive,
    issue_time: pd.Timestamp,
    start: pd.Timestamp,
    market: Market,
    nodes: pd.Index,
    network: pd.Index | None = None,
) -> View:
    """All that is known at `issue_time` of the 72 hours from `start` and the weeks before."""
    network = nodes if network is None else network
    issue_time = issue_time.as_unit("us")
    valid = pd.date_range(start, periods=HORIZON_HOURS, freq="h", unit="us")
    hours = pd.date_range((start - LOOKBACK).floor("h"), valid[-1], freq="h", unit="us")
    memo: dict[tuple[SeriesName, pd.Timedelta], pd.DataFrame] = {}

    def read(series: SeriesName, ago: pd.Timedelta) -> pd.DataFrame:
        if ago < pd.Timedelta(0):
            raise ValueError(f"{series} asked {-ago} after issue time {issue_time}")
        if (series, ago) not in memo:
            memo[series, ago] = known_frame(data[series], issue_time - ago, hours)
        return memo[series, ago]

    local = valid.tz_convert(market.tz)
    return View(issue_time, valid, local, nodes, network, market, hours, read, {})


def series_rows(rows: pd.DataFrame) -> SeriesRows:
    """Observations of one series as arrays."""
    column, locations = pd.factorize(rows[Observations.location], sort=True)
    publish = rows[Observations.publish_time].to_numpy("datetime64[us]").astype(np.int64)
    valid = rows[Observations.valid_time].to_numpy("datetime64[us]").astype(np.int64)
    values = rows[Observations.value].to_numpy(np.float64)
    return VintageRows(publish, valid, column, values), list(locations)
