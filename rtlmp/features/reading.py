"""How features look at a series: by target hour, by day and local hour, or by recency.

`by_day` lays a series out as (DAYS, 24, locations), a row a local date and a column a local
hour; of a repeated hour the later one stands. Row ISSUE_DAY is the issue date.
"""

from typing import Final

import numpy as np
import pandas as pd

from rtlmp.asof.view import LOOKBACK, View
from rtlmp.asof.vintages import Floats, Indices
from rtlmp.catalog import SeriesName
from rtlmp.features.registry import once

NOW: Final = pd.Timedelta(0)
ISSUE_DAY: Final = LOOKBACK.days - 1
DAYS: Final = ISSUE_DAY + 5  # the horizon may reach 01:00 of D+4


@once
def day_and_hour(view: View) -> tuple[Indices, Indices]:
    """Row and column of `by_day` of each hour of the view; a row may lie outside."""
    local = view.hours.tz_convert(view.local.tz)
    issue = view.issue_time.tz_convert(view.local.tz).normalize().tz_localize(None)
    days = (local.tz_localize(None).normalize() - issue).days
    return np.asarray(days, np.intp) + ISSUE_DAY, np.asarray(local.hour, np.intp)


def target_rows(view: View) -> Indices:
    """Row of `by_day` of each horizon hour: (72,)."""
    return day_and_hour(view)[0][-len(view.valid_time) :]


def target_hours(view: View) -> Indices:
    """Local hour 0..23 of each horizon hour: (72,)."""
    return day_and_hour(view)[1][-len(view.valid_time) :]


def known_values(view: View, series: SeriesName, *at: str, ago: pd.Timedelta = NOW) -> Floats:
    """Values known `ago` before issue time: (hours of the view, locations).

    `at` names the locations; without one, a node's own where the series has nodes.
    """
    return view.read(series, ago).reindex(columns=[*at] or view.nodes).to_numpy(np.float64)


@once
def target(view: View, series: SeriesName, *at: str, ago: pd.Timedelta = NOW) -> Floats:
    """Latest vintage for the horizon hours: (72, locations)."""
    return known_values(view, series, *at, ago=ago)[-len(view.valid_time) :]


@once
def by_day(view: View, series: SeriesName, *at: str, ago: pd.Timedelta = NOW) -> Floats:
    """(DAYS, 24, locations); NaN where unknown."""
    values = known_values(view, series, *at, ago=ago)
    row, hour = day_and_hour(view)
    inside = (row >= 0) & (row < DAYS)
    out = np.full((DAYS, 24, values.shape[1]), np.nan)
    out[row[inside], hour[inside]] = values[inside]
    return out


@once
def by_recency(view: View, series: SeriesName, *at: str) -> Floats:
    """(ISSUE_DAY, 24, locations): entry k is the same local hour, k days before its latest known.

    The latest known day of an hour is the issue date, or the day before it.
    """
    days = by_day(view, series, *at)
    today = days[ISSUE_DAY::-1][:ISSUE_DAY]
    before = days[ISSUE_DAY - 1 :: -1][:ISSUE_DAY]
    return np.where(np.isnan(days[ISSUE_DAY]), before, today)


def back(view: View, series: SeriesName, days: int, *at: str) -> Floats:
    """Same local hour `days` before the target day: (72, locations)."""
    return by_day(view, series, *at)[target_rows(view) - days, target_hours(view)]
