"""What the clock and the calendar say of the target hour."""

from functools import lru_cache
from typing import Final

import holidays
import numpy as np

from rtlmp.asof.view import View, lead_day_of
from rtlmp.asof.vintages import Floats
from rtlmp.clock import SATURDAY
from rtlmp.features.registry import feature

YEAR: Final = 365.2425  # days


@feature("1")
def lead_day(view: View) -> Floats:
    """Days ahead, 1 to 3."""
    return lead_day_of(np.arange(1.0, len(view.valid_time) + 1))[:, None]


@feature("h")
def local_hour(view: View) -> Floats:
    """Hour on the market's clock, 0 to 23."""
    return np.asarray(view.local.hour, dtype=float)[:, None]


@feature("1")
def weekday(view: View) -> Floats:
    """Day of the week, 0 is Monday."""
    return np.asarray(view.local.dayofweek, dtype=float)[:, None]


@feature("1")
def day_off(view: View) -> Floats:
    """Day off: 1 on weekends and the market's public holidays."""
    dates = [t.date() for t in view.local]
    years = range(dates[0].year, dates[0].year + 2)
    off = public_holidays(years, *view.market.holidays)
    return np.array([d.weekday() >= SATURDAY or d in off for d in dates], dtype=float)[:, None]


@feature("1", over=[("sin",), ("cos",)])
def season(view: View, wave: str) -> Floats:
    """Position in the year, as {wave} of a circle."""
    angle = 2 * np.pi * np.asarray(view.local.dayofyear, dtype=float) / YEAR
    return {"sin": np.sin, "cos": np.cos}[wave](angle)[:, None]


@lru_cache(maxsize=8)
def public_holidays(years: range, country: str, subdivision: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision, years=years)
