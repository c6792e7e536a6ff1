"""Prices as a battery meets them: settlement intervals, and what the curve says of them."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from rtlmp.asof.vintages import Floats
from rtlmp.battery.programme import Index
from rtlmp.catalog import BY_NAME
from rtlmp.schemas.core import Observations

RECENT: Final = 28  # days whose hours of day stand for the lowest class
STANDS: Final = pd.Timedelta("1h")  # a SCED price stands this long without a new run


class Intervals(NamedTuple):
    """Real-time prices of one node, an hour a row."""

    price: pd.DataFrame  # (hours, intervals) USD/MWh
    publish: "pd.Series[pd.Timestamp]"  # (hours,) when the last interval became public


def intervals(rows: pd.DataFrame) -> Intervals:
    """The price of every settlement interval of a node: the mean of the runs that start in it.

    A price stands until the next run; a gap of more than an hour raises.
    """
    step = pd.Timedelta(BY_NAME[rows[Observations.series].iloc[0]].step)
    rows = rows.drop_duplicates(Observations.valid_time)
    price = rows.groupby(rows[Observations.valid_time].dt.floor(step))[Observations.value].mean()
    whole = pd.date_range(price.index[0].ceil("h"), price.index[-1], freq=step)
    whole = whole[: len(whole) // (n := int(STANDS / step)) * n]
    filled = price.reindex(whole).ffill(limit=n)
    if (gap := filled.isna()).any():
        raise ValueError(
            f"{rows[Observations.location].iloc[0]}: no real-time price within {STANDS} before "
            f"{filled[gap].index[0]} and {int(gap.sum()) - 1} more intervals: "
            "move backtest.start or backtest.end, or fill the source"
        )
    table = pd.DataFrame(filled.to_numpy().reshape(-1, n), whole[::n])
    publish = rows.groupby(rows[Observations.valid_time].dt.floor("h"))[Observations.publish_time]
    return Intervals(table, publish.max().reindex(table.index).ffill())


def day_ahead(rows: pd.DataFrame) -> tuple["pd.Series[float]", "pd.Series[pd.Timestamp]"]:
    """Price and publish time of each hour of a node, as first published."""
    first = rows.sort_values(Observations.publish_time, kind="stable")
    hours = first.drop_duplicates(Observations.valid_time).set_index(Observations.valid_time)
    hours = hours.sort_index()
    return hours[Observations.value], hours[Observations.publish_time]


def classes(curve: Floats) -> Floats:
    """P(highest price in each class between thresholds): (hours, x) -> (hours, x + 1)."""
    edge = np.ones((len(curve), 1))
    return np.clip(-np.diff(np.hstack([edge, curve, 0 * edge])), 0, None)


def expected(
    curve: Floats, thresholds: Floats, past: "pd.Series[float]", highest: Floats, hour: Index
) -> Floats:
    """E[mean price] of hours (hours,) whose local hour of day is `hour`, USD/MWh.

    Every class of an hour's highest price has the mean price that hours of `past` (local time)
    with such a `highest` had; a class not seen yet has its lower edge.
    """
    reached = np.searchsorted(thresholds, highest, side="left")
    price = past.to_numpy()
    upper = [price[reached == k].mean() if (reached == k).any() else x
             for k, x in enumerate(thresholds, 1)]  # fmt: skip
    recent = past[(reached == 0) & (past.index > past.index[-1] - pd.Timedelta(days=RECENT))]
    quiet = recent.groupby(pd.DatetimeIndex(recent.index).hour).mean()
    lowest = quiet.reindex(range(24)).fillna(recent.mean()).to_numpy()[hour]
    share = classes(curve)
    return share[:, 0] * lowest + share[:, 1:] @ np.array(upper)
