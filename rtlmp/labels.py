"""The real-time price an hour at a time: what is forecast, and when it counts as known.

An hour is a spike above x as soon as one of its intervals is priced above x. It is known not to
be one only when at least `label_coverage` of its intervals arrived; else it is missing and
trains nothing. SCED runs are not on round minutes and sometimes extra, so an interval has
arrived when any run starts in its five-minute (or fifteen-minute) slot.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Archive, Floats, known
from rtlmp.catalog import BY_NAME, Q
from rtlmp.tables import Observations, month_of

# An interval later than this after its hour's first one is a straggler or a correction: it
# makes a further vintage of the hour and does not delay the first.
ON_TIME: Final = pd.Timedelta(hours=2)
Flags: TypeAlias = npt.NDArray[np.bool_]
KEY: Final = [Observations.location, "hour"]


def published_in(rows: DataFrame[Observations], month: str) -> DataFrame[Observations]:
    """Those of `rows` published in the UTC month "YYYY-MM"."""
    inside = month_of(rows[Observations.publish_time]) == month
    return Observations.validate(rows[inside].reset_index(drop=True))


class Labels(NamedTuple):
    """(rows,) each: highest price seen in the hour, and whether enough intervals arrived."""

    highest: Floats  # NaN: none arrived
    complete: Flags

    def at(self, rows: Flags | npt.NDArray[np.intp]) -> "Labels":
        return Labels(self.highest[rows], self.complete[rows])


def hourly(prices: DataFrame[Observations]) -> DataFrame[Observations]:
    """Highest and mean price and share of intervals of each hour, by location.

    `prices` is one real-time series. An hour is published when its last punctual interval is;
    each straggler or correction after that makes one more vintage.
    """
    if prices.empty:
        return prices
    series = BY_NAME[prices[Observations.series].iloc[0]]
    rows = prices.sort_values([Observations.publish_time, Observations.valid_time])
    rows = rows.assign(hour=rows[Observations.valid_time].dt.floor("h"))
    first = rows.groupby(KEY, sort=False)[Observations.publish_time].transform("min")
    again = rows.duplicated([Observations.location, Observations.valid_time])
    late = again | (rows[Observations.publish_time] > first + ON_TIME)
    made = [_summary(rows[~late], series), *_revisions(rows, late, series)]
    return Observations.validate(pd.concat(made, ignore_index=True))


def past(
    prices: Archive, at: pd.Timestamp, hours: pd.DatetimeIndex, enough: float
) -> dict[str, Labels]:
    """By node, what was known at `at` of the price of each of `hours` (consecutive)."""
    highest, coverage = (known(prices[q], at, hours) for q in (Q.RT_MAX, Q.RT_COVERAGE))
    return {
        str(node): Labels(highest[node].to_numpy(), coverage[node].to_numpy() >= enough)
        for node in highest
    }


def spike(of: Labels, x: float) -> Floats:
    """1 where an interval was priced above `x`, 0 where surely none was, NaN where unknown."""
    return np.where(of.highest > x, 1.0, np.where(of.complete, 0.0, np.nan))


def _revisions(rows: pd.DataFrame, late: "pd.Series[bool]", series: Q) -> list[pd.DataFrame]:
    """One summary per late publication, of all that was public of its hour by then."""
    made = []
    for (location, hour), late_rows in rows[late].groupby(KEY, sort=False):
        whole = rows[(rows[Observations.location] == location) & (rows["hour"] == hour)]
        for at in late_rows[Observations.publish_time].unique():
            seen = whole[whole[Observations.publish_time] <= at]
            made.append(
                _summary(seen.drop_duplicates(Observations.valid_time, keep="last"), series)
            )
    return made


def _summary(rows: pd.DataFrame, series: Q) -> pd.DataFrame:
    """Three observations per (location, hour) of `rows`, published with the last of them."""
    slot = rows[Observations.valid_time].dt.floor(series.step)
    hours = rows.assign(slot=slot).groupby(KEY, sort=True)
    value, publish = hours[Observations.value], hours[Observations.publish_time].max()
    share = hours["slot"].nunique() / (pd.Timedelta("1h") / pd.Timedelta(series.step))
    columns = {Q.RT_MAX: value.max(), Q.RT_MEAN: value.mean(), Q.RT_COVERAGE: share}
    return pd.concat([_observations(q, v, publish) for q, v in columns.items()])


def _observations(
    series: Q, value: "pd.Series[float]", publish: "pd.Series[pd.Timestamp]"
) -> pd.DataFrame:
    names = {Observations.value: value, Observations.publish_time: publish}
    made = pd.DataFrame(names).reset_index().rename(columns={"hour": Observations.valid_time})
    return made.assign(**{Observations.series: series.value})
