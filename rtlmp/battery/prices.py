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


def intervals(prices: pd.DataFrame) -> dict[str, Intervals]:
    """By node, the price of every settlement interval: the mean of the runs that start in it.

    A price stands until the next run; a gap of more than an hour raises.
    """
    return {str(node): _of_node(rows) for node, rows in prices.groupby(Observations.location)}


def day_ahead(prices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Price and publish time of each (hour, node), as first published."""
    first = prices.sort_values(Observations.publish_time, kind="stable")
    first = first.drop_duplicates([Observations.valid_time, Observations.location])
    wide = first.pivot(index=Observations.valid_time, columns=Observations.location)
    value, publish = (
        pd.DataFrame(wide[c]) for c in (Observations.value, Observations.publish_time)
    )
    return value, publish


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


def _of_node(rows: pd.DataFrame) -> Intervals:
    step = pd.Timedelta(BY_NAME[rows[Observations.series].iloc[0]].step)
    rows = rows.drop_duplicates(Observations.valid_time)
    slots = rows.groupby(rows[Observations.valid_time].dt.floor(step))
    price = slots[Observations.value].mean()
    whole = pd.date_range(price.index[0].ceil("h"), price.index[-1], freq=step)
    whole = whole[: len(whole) // (n := int(STANDS / step)) * n]
    filled = price.reindex(whole).ffill(limit=n)
    if filled.isna().any():
        raise ValueError(
            f"{rows[Observations.location].iloc[0]}: no real-time price within {STANDS} before "
            f"{filled[filled.isna()].index[0]} and {int(filled.isna().sum()) - 1} more intervals: "
            "move backtest.start or backtest.end, or fill the source"
        )
    table = pd.DataFrame(filled.to_numpy().reshape(-1, n), whole[::n])
    publish = rows.groupby(rows[Observations.valid_time].dt.floor("h"))[Observations.publish_time]
    return Intervals(table, publish.max().reindex(table.index).ffill())
