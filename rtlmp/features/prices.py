"""What real-time and day-ahead prices known at issue time say of the target hour."""

from itertools import product
from typing import Final

import numpy as np

from rtlmp.asof.labels import spike
from rtlmp.asof.view import View
from rtlmp.asof.vintages import Floats
from rtlmp.catalog import SeriesName as S
from rtlmp.features import reading
from rtlmp.features.reading import ISSUE_DAY, back, by_day, by_recency, known_values, target_hours
from rtlmp.features.registry import feature, highest, mean

ALIKE: Final = 20  # USD/MWh: from about here on equal ratios of prices are alike
LEVELS: Final = (50, 100, 200, 500)  # USD/MWh at which past spikes are counted


def level(price: Floats) -> Floats:
    """Price on a scale where 30 to 60 and 3,000 to 6,000 are alike; negative prices keep sign."""
    return np.arcsinh(price / ALIKE)


def price_at(level: float) -> float:
    """USD/MWh of a `level`."""
    return ALIKE * float(np.sinh(level))


def around(hourly: Floats) -> Floats:
    """Mean over the hour before, the hour and the hour after: (24, ...), round the clock."""
    return mean(np.stack([np.roll(hourly, s, axis=0) for s in (-1, 0, 1)]), axis=0)


@feature("USD/MWh", S.RT_MAX, over=[(0,), (1,), (6,)])
def rt_max_same_hour(view: View, days: int) -> Floats:
    """Level of the hour's highest price, {days} days before its latest known day."""
    return level(by_recency(view, S.RT_MAX)[days][target_hours(view)])


@feature("USD/MWh", S.RT_MAX, over=[(7,), (28,), (56,)])
def rt_max_level(view: View, days: int) -> Floats:
    """Mean level of the highest price in this hour and its neighbours, latest {days} days."""
    past = level(by_recency(view, S.RT_MAX)[:days])
    return around(mean(past, axis=0))[target_hours(view)]


@feature("1", S.RT_MAX, over=list(product(LEVELS, (7, 28, 56))))
def spike_rate(view: View, x: int, days: int) -> Floats:
    """Share of the latest {days} days with a spike above ${x} in this hour or its neighbours."""
    past = spike(by_recency(view, S.RT_MAX)[:days], x)
    return around(mean(past, axis=0))[target_hours(view)]


@feature("1", S.RT_MAX, over=list(product(LEVELS, (1, 3, 7, 28))))
def spike_share(view: View, x: int, days: int) -> Floats:
    """Share of all hours of the latest {days} days with a spike above ${x}."""
    past = spike(by_recency(view, S.RT_MAX)[:days], x)
    return mean(past.reshape(-1, past.shape[-1]), axis=0)[None]


@feature("USD/MWh", S.RT_MAX, over=[(1,), (3,), (7,)])
def rt_highest(view: View, days: int) -> Floats:
    """Level of the highest price of the latest {days} days."""
    past = by_recency(view, S.RT_MAX)[:days]
    return level(highest(past.reshape(-1, past.shape[-1]), axis=0))[None]


@feature("USD/MWh", S.RT_MEAN, over=[(1,), (7,), (28,)])
def rt_mean_level(view: View, days: int) -> Floats:
    """Mean level of the hourly mean price over the latest {days} days."""
    past = level(by_recency(view, S.RT_MEAN)[:days])
    return mean(past.reshape(-1, past.shape[-1]), axis=0)[None]


@feature("USD/MWh", S.RT_MEAN)
def rt_latest(view: View) -> Floats:
    """Level of the mean price of the latest three known hours."""
    past = level(known_values(view, S.RT_MEAN)[: -len(view.valid_time)])
    known = np.flatnonzero(~np.isnan(past).all(axis=1))[-3:]
    return mean(past[known], axis=0)[None]


@feature("1", S.RT_MAX, over=[(100, 7), (100, 28)])
def spike_share_all_nodes(view: View, x: int, days: int) -> Floats:
    """Share of all hours of the latest {days} days with a spike above ${x}, over all nodes."""
    past = by_recency(view, S.RT_MAX, *view.network)[:days]
    return mean(spike(past, x).ravel(), axis=0)[None, None]


@feature("USD/MWh", S.DAM_SPP, over=[(0,), (1,), (6,)])
def dam_same_hour(view: View, days: int) -> Floats:
    """Level of the day-ahead price, {days} days before its latest known day."""
    return level(by_recency(view, S.DAM_SPP)[days][target_hours(view)])


@feature("USD/MWh", S.DAM_SPP, over=[(7,), (28,)])
def dam_level(view: View, days: int) -> Floats:
    """Mean level of the day-ahead price in this hour over the latest {days} days."""
    return mean(level(by_recency(view, S.DAM_SPP)[:days]), axis=0)[target_hours(view)]


@feature("USD/MWh", S.DAM_SPP)
def dam_same_weekday(view: View) -> Floats:
    """Level of the day-ahead price a week before the target hour."""
    return level(back(view, S.DAM_SPP, 7))


@feature("USD/MWh", S.DAM_SPP)
def dam_day_highest(view: View) -> Floats:
    """Level of the highest day-ahead price of the issue date."""
    return level(highest(by_day(view, S.DAM_SPP)[ISSUE_DAY], axis=0))[None]


@feature("USD/MWh", S.DAM_SPP)
def dam_day_mean(view: View) -> Floats:
    """Mean level of the day-ahead prices of the issue date."""
    return mean(level(by_day(view, S.DAM_SPP)[ISSUE_DAY]), axis=0)[None]


@feature("USD/MWh", S.DAM_SPP, S.RT_MEAN, over=[(7,), (28,)])
def rt_over_dam(view: View, days: int) -> Floats:
    """Mean level by which real time came out above day-ahead in this hour, {days} days."""
    rt = level(by_day(view, S.RT_MEAN)[:ISSUE_DAY][-days:])
    dam = level(by_day(view, S.DAM_SPP)[:ISSUE_DAY][-days:])
    return around(mean(rt - dam, axis=0))[target_hours(view)]


@feature("USD/MWh", S.DAM_SPP, only="next_hour")
def dam_target(view: View) -> Floats:
    """Level of the day-ahead price of the target hour, where its market has cleared."""
    return level(back(view, S.DAM_SPP, 0))


@feature("USD/MWh", S.DAM_SPP, only="next_hour")
def dam_target_day_highest(view: View) -> Floats:
    """Level of the highest day-ahead price of the target day."""
    return level(highest(by_day(view, S.DAM_SPP), axis=1))[reading.target_rows(view)]


@feature("1", S.DAM_SPP, only="next_hour")
def dam_target_rank(view: View) -> Floats:
    """Share of the hours of the target day with a lower day-ahead price."""
    own, day = back(view, S.DAM_SPP, 0)[:, None], by_day(view, S.DAM_SPP)[reading.target_rows(view)]
    return mean(np.where(np.isnan(day) | np.isnan(own), np.nan, day < own), axis=1)
