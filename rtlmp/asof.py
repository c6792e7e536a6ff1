"""The one door to the data: only here are vintages read, so nothing can see past its `at`."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import Market, Q
from rtlmp.clock import HORIZON_HOURS
from rtlmp.tables import Observations

Floats: TypeAlias = npt.NDArray[np.float64]
Matrix: TypeAlias = npt.NDArray[np.float32]  # (rows, features), NaN is missing
HOUR: Final = pd.Timedelta(hours=1)
US_PER_HOUR: Final = 3_600_000_000
LOOKBACK: Final = pd.Timedelta(days=57)  # history a feature may read: eight weeks and the issue day


class Vintages(NamedTuple):
    """One series as aligned arrays (rows,), in order of publication."""

    publish: npt.NDArray[np.int64]  # us since 1970
    hour: npt.NDArray[np.int64]  # hours since 1970
    column: npt.NDArray[np.intp]  # index into `locations`
    value: Floats
    locations: pd.Index


Archive: TypeAlias = Mapping[Q, Vintages]
Reader: TypeAlias = Callable[[Q, pd.Timedelta], pd.DataFrame]


class View(NamedTuple):
    """What a feature is given: one issue time, its 72 hours, and a reader that ends there."""

    issue_time: pd.Timestamp
    valid_time: pd.DatetimeIndex  # (72,) UTC
    local: pd.DatetimeIndex  # the same instants on the market's clock
    nodes: pd.Index
    market: Market
    hours: pd.DatetimeIndex  # all hours that `read` answers for: lookback and horizon, UTC
    read: Reader
    memo: dict[Hashable, Floats]


def archive(tables: Iterable[DataFrame[Observations]]) -> Archive:
    """Hourly observations indexed for `known`; a series that no table holds is empty."""
    rows = pd.concat(tables, ignore_index=True)
    held = dict(iter(rows.groupby(Observations.series, sort=False)))
    return {q: _vintages(held.get(q, rows.iloc[:0])) for q in Q if q.step == "h"}


def known(vintages: Vintages, at: pd.Timestamp, hours: pd.DatetimeIndex) -> pd.DataFrame:
    """Latest values published by `at`: (hours, locations), NaN where nothing was."""
    seen = slice(0, int(np.searchsorted(vintages.publish, _us(at), side="right")))
    row = vintages.hour[seen] - _us(hours[0]) // US_PER_HOUR
    inside = (row >= 0) & (row < len(hours))
    out = np.full((len(hours), len(vintages.locations)), np.nan)
    # rows come in order of publication, so a later vintage overwrites an earlier one
    out[row[inside], vintages.column[seen][inside]] = vintages.value[seen][inside]
    return pd.DataFrame(out, hours, vintages.locations)


def view(
    data: Archive, issue_time: pd.Timestamp, start: pd.Timestamp, market: Market, nodes: pd.Index
) -> View:
    """All that is known at `issue_time` of the 72 hours from `start` and the weeks before."""
    issue_time = issue_time.as_unit("us")
    valid = pd.date_range(start, periods=HORIZON_HOURS, freq="h", unit="us")
    hours = pd.date_range((start - LOOKBACK).floor("h"), valid[-1], freq="h", unit="us")
    memo: dict[tuple[Q, pd.Timedelta], pd.DataFrame] = {}

    def read(series: Q, ago: pd.Timedelta) -> pd.DataFrame:
        if ago < pd.Timedelta(0):
            raise ValueError(f"{series} asked {-ago} after issue time {issue_time}")
        if (series, ago) not in memo:
            memo[series, ago] = known(data[series], issue_time - ago, hours)
        return memo[series, ago]

    return View(issue_time, valid, valid.tz_convert(market.tz), nodes, market, hours, read, {})


def _us(at: pd.Timestamp) -> int:
    return int(at.value // 1000)  # pandas counts in ns here, whatever the unit


def _vintages(rows: pd.DataFrame) -> Vintages:
    rows = rows.sort_values(Observations.publish_time, kind="stable")
    column, locations = pd.factorize(rows[Observations.location], sort=True)
    publish = rows[Observations.publish_time].to_numpy("datetime64[us]").astype(np.int64)
    hour = rows[Observations.valid_time].to_numpy("datetime64[us]").astype(np.int64)
    values = rows[Observations.value].to_numpy(np.float64)
    return Vintages(publish, hour // US_PER_HOUR, column, values, pd.Index(locations))
