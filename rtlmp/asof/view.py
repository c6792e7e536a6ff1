"""The one door to the data: only this room reads vintages, each as of an instant."""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from rtlmp.asof.vintages import Archive, Floats, Vintages, known_at
from rtlmp.catalog import Market, SeriesName
from rtlmp.clock import HORIZON_HOURS
from rtlmp.schemas.core import Forecast, HorizonRows

HOUR: Final = pd.Timedelta(hours=1)
LOOKBACK: Final = pd.Timedelta(days=57)  # history a feature may read: eight weeks and the issue day
Reader: TypeAlias = Callable[[SeriesName, pd.Timedelta], pd.DataFrame]
H = TypeVar("H", "pd.Series[int]", Floats)


class View(NamedTuple):
    """What a feature is given: one issue time, its 72 hours, and a reader that ends there."""

    issue_time: pd.Timestamp
    valid_time: pd.DatetimeIndex  # (72,) UTC
    local: pd.DatetimeIndex  # the same instants on the market's clock
    nodes: pd.Index  # whose features are computed
    network: pd.Index  # all of the run
    market: Market
    hours: pd.DatetimeIndex  # all hours that `read` answers for: lookback and horizon, UTC
    read: Reader
    memo: dict[Hashable, Any]  # what `features.registry.once` keeps


def known_frame(of: Vintages, at: pd.Timestamp, hours: pd.DatetimeIndex) -> pd.DataFrame:
    """Latest values published by `at`: (hours, locations), NaN where nothing was."""
    return pd.DataFrame(known_at(of, at, hour_range(hours)), hours, of.locations)


def hour_range(hours: pd.DatetimeIndex) -> range:
    """Consecutive hours, if any, as hours since 1970."""
    first = int(hours[0].timestamp()) // 3600 if len(hours) else 0
    return range(first, first + len(hours))


def horizon_rows(issue_time: datetime, start: datetime) -> pd.DataFrame:
    """The 72 `HorizonRows` of a forecast issued at `issue_time` of the hours from `start`."""
    rows = pd.DataFrame({HorizonRows.valid_time: _horizon(start)})
    rows[HorizonRows.issue_time] = pd.Timestamp(issue_time).as_unit("us")
    rows[HorizonRows.lead_hour] = np.arange(1, HORIZON_HOURS + 1)
    return rows


def long_table(
    horizon: pd.DataFrame, thresholds: list[float], of: Mapping[str, Floats], model_date: str
) -> pd.DataFrame:
    """The rows of `horizon` once a threshold, with the columns `of`: (rows, thresholds) each."""
    rows = pd.concat([horizon] * len(thresholds), ignore_index=True)
    rows[Forecast.threshold] = np.repeat(np.array(thresholds, np.float64), len(horizon))
    for name, value in of.items():
        rows[name] = value.T.ravel()
        if name == Forecast.probability:
            rows[Forecast.model_date] = model_date
    return rows


def lead_day_of(lead_hour: H) -> H:
    """1 to 3, of a lead hour 1 to 72."""
    return (lead_hour - 1) // 24 + 1


def view(
    data: Archive, issue_time: datetime, start: datetime, market: Market, nodes: pd.Index,
    network: pd.Index | None = None,
) -> View:  # fmt: skip
    """All that is known at `issue_time` of the 72 hours from `start` and the weeks before."""
    network, valid = nodes if network is None else network, _horizon(start)
    at = pd.Timestamp(issue_time).as_unit("us")
    hours = pd.date_range((valid[0] - LOOKBACK).floor("h"), valid[-1], freq="h", unit="us")
    memo: dict[tuple[SeriesName, pd.Timedelta], pd.DataFrame] = {}

    def read(series: SeriesName, ago: pd.Timedelta) -> pd.DataFrame:
        if ago < pd.Timedelta(0):
            raise ValueError(f"{series} read {-ago} after issue time {at}")
        if (series, ago) not in memo:
            memo[series, ago] = known_frame(data[series], at - ago, hours)
        return memo[series, ago]

    return View(at, valid, valid.tz_convert(market.tz), nodes, network, market, hours, read, {})


def _horizon(start: datetime) -> pd.DatetimeIndex:
    return pd.date_range(start, periods=HORIZON_HOURS, freq="h", unit="us")
