"""What load, wind, solar and outages, forecast and seen, say of the target hour. In GW.

Where no forecast of an hour is public yet, the forecast features are NaN and the trees fall back
on `load_expected` and on the recent past.
"""

from typing import Final

import numpy as np
import pandas as pd

from rtlmp.asof.view import View
from rtlmp.asof.vintages import Floats
from rtlmp.catalog import SeriesName as S
from rtlmp.features.reading import ISSUE_DAY, by_day, by_recency, target, target_hours, target_rows
from rtlmp.features.registry import feature, highest, mean, once

DAY: Final = pd.Timedelta(days=1)
RENEWABLE: Final = ((S.WIND_FORECAST, S.WIND), (S.SOLAR_FORECAST, S.SOLAR))
REGIONS: Final = (
    *((S.WIND_FORECAST, r) for r in ("COASTAL", "NORTH", "PANHANDLE", "SOUTH", "WEST")),
    *((S.SOLAR_FORECAST, r) for r in ("CENTEREAST", "CENTERWEST", "FAREAST", "FARWEST")),
)
NET_LOAD: Final = (S.LOAD, S.LOAD_FORECAST, *RENEWABLE[0], *RENEWABLE[1])
FORECASTS: Final = (S.LOAD_FORECAST, S.WIND_FORECAST, S.SOLAR_FORECAST, S.OUTAGE_FORECAST)


def system_days(view: View, series: S) -> Floats:
    """A system-wide series by day and local hour, GW: (DAYS, 24)."""
    return by_day(view, series, view.market.system)[..., 0] / 1e3


def on_target_day(view: View, per_day: Floats) -> Floats:
    """Entries of a (DAYS,) array for the horizon hours: (72, 1)."""
    return per_day[target_rows(view)][:, None]


def at_target(view: View, days: Floats, earlier: int = 0) -> Floats:
    """Entries of a (DAYS, 24) array `earlier` hours before the horizon hours: (72, 1)."""
    return days.ravel()[target_rows(view) * 24 + target_hours(view) - earlier][:, None]


@once
def load_days(view: View) -> Floats:
    """Load by day and local hour, GW: seen, else forecast, else that of the latest days.

    Unforecast days take the last known day's load in the same hour, moved by how the same
    weekday differed from that day a week before: weekends stay weekends.
    """
    seen, forecast = system_days(view, S.LOAD), system_days(view, S.LOAD_FORECAST)
    days = np.where(np.isnan(seen), forecast, seen)
    for row in range(ISSUE_DAY - 1, len(days)):
        guess = days[row - 1] + (days[row - 7] - days[row - 8])
        days[row] = np.where(np.isnan(days[row]), guess, days[row])
    return days


@once
def net_load_days(view: View) -> Floats:
    """Load less wind and solar by day and local hour, GW: each seen, else forecast."""
    total = load_days(view).copy()
    for forecast, actual in RENEWABLE:
        seen = system_days(view, actual)
        total -= np.where(np.isnan(seen), system_days(view, forecast), seen)
    return total


@feature("MW", over=[(q,) for q in FORECASTS])
def forecast(view: View, series: S) -> Floats:
    """Latest public {series} of the target hour, GW."""
    return target(view, series, view.market.system) / 1e3


@feature("MW", over=list(REGIONS))
def region(view: View, series: S, location: str) -> Floats:
    """Latest public {series} of {location} for the target hour, GW."""
    return target(view, series, location) / 1e3


@feature("MW", S.WIND_FORECAST, S.SOLAR_FORECAST)
def renewables(view: View) -> Floats:
    """Wind and solar forecast of the target hour, GW."""
    return forecast(view, S.WIND_FORECAST) + forecast(view, S.SOLAR_FORECAST)


@feature("MW", S.WIND_FORECAST, S.SOLAR_FORECAST, over=[(1,), (3,)])
def renewables_ramp(view: View, hours: int) -> Floats:
    """Change of the renewable forecast over the {hours} hours before the target hour, GW."""
    wind, solar = (system_days(view, q) for q, _ in RENEWABLE)
    days = wind + solar
    return at_target(view, days) - at_target(view, days, hours)


@feature("MW", over=[(q,) for q in FORECASTS[1:3]])
def forecast_day_mean(view: View, series: S) -> Floats:
    """Mean {series} over the target day, GW."""
    return on_target_day(view, mean(system_days(view, series), axis=1))


@feature("MW", over=[(q,) for q in FORECASTS[1:3]])
def forecast_next_day_mean(view: View, series: S) -> Floats:
    """Mean {series} over D+1, whatever the target day, GW."""
    return mean(system_days(view, series)[ISSUE_DAY + 1], axis=0)[None, None]


@feature("MW", over=list(RENEWABLE))
def latest_seen(view: View, _: S, actual: S) -> Floats:
    """Generation of {actual} seen in the same hour of its latest known day, GW."""
    return by_recency(view, actual, view.market.system)[0][target_hours(view)] / 1e3


@feature("MW", over=list(RENEWABLE))
def forecast_error(view: View, series: S, actual: S) -> Floats:
    """Mean of {actual} seen less forecast over the latest two known days, GW."""
    error = (system_days(view, actual) - system_days(view, series))[ISSUE_DAY - 2 : ISSUE_DAY + 1]
    return mean(error.ravel(), axis=0)[None, None]


@feature("MW", over=[(q,) for q in FORECASTS])
def revision(view: View, series: S) -> Floats:
    """Latest {series} less that of a day before, GW."""
    return forecast(view, series) - target(view, series, view.market.system, ago=DAY) / 1e3


@feature("MW", S.LOAD, S.LOAD_FORECAST)
def load_expected(view: View) -> Floats:
    """Load forecast of the target hour, or what the latest days suggest, GW."""
    return at_target(view, load_days(view))


@feature("MW", S.LOAD, S.LOAD_FORECAST)
def load_day_highest(view: View) -> Floats:
    """Highest expected load of the target day, GW."""
    return on_target_day(view, highest(load_days(view), axis=1))


@feature("MW", *NET_LOAD)
def net_load(view: View) -> Floats:
    """Expected load less forecast wind and solar, GW."""
    return at_target(view, net_load_days(view))


@feature("MW", *NET_LOAD)
def net_load_day_highest(view: View) -> Floats:
    """Highest expected net load of the target day, GW."""
    return on_target_day(view, highest(net_load_days(view), axis=1))


@feature("MW", *NET_LOAD, over=[(1,), (3,)])
def net_load_ramp(view: View, hours: int) -> Floats:
    """Change of expected net load over the {hours} hours before the target hour, GW."""
    days = net_load_days(view)
    return at_target(view, days) - at_target(view, days, hours)


@feature("1", *NET_LOAD)
def net_load_rank(view: View) -> Floats:
    """Share of the hours of the latest four weeks whose net load was below the expected one."""
    days = net_load_days(view)
    past = days[ISSUE_DAY - 28 : ISSUE_DAY].ravel()
    past = np.sort(past[~np.isnan(past)])
    now = at_target(view, days)
    rank = np.searchsorted(past, now) / max(len(past), 1)
    return np.where(np.isnan(now) | (len(past) == 0), np.nan, rank)


@feature("MW", *NET_LOAD)
def net_load_over_latest(view: View) -> Floats:
    """Expected net load less the mean of the same hour over the week before issue time, GW."""
    days = net_load_days(view)
    latest = mean(days[ISSUE_DAY - 7 : ISSUE_DAY], axis=0)
    return at_target(view, days) - latest[target_hours(view)][:, None]
