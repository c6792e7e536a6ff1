"""What temperature forecasts public at issue time say of the target hour."""

from typing import Final

import numpy as np

from rtlmp.asof.view import View
from rtlmp.asof.vintages import Floats
from rtlmp.catalog import SeriesName
from rtlmp.features.reading import ISSUE_DAY, by_day, target, target_rows
from rtlmp.features.registry import feature, highest, mean

MILD: Final = 18.0  # degC, where Texas neither heats nor cools


@feature("degC", SeriesName.TEMPERATURE_FORECAST)
def temperature(view: View) -> Floats:
    """Latest temperature forecast of the target hour."""
    return target(view, SeriesName.TEMPERATURE_FORECAST, view.market.system)


@feature("degC", SeriesName.TEMPERATURE_FORECAST)
def latest_day_strain(view: View) -> Floats:
    """Largest distance from mild weather forecast for the latest forecast day up to the target."""
    days = np.abs(by_day(view, SeriesName.TEMPERATURE_FORECAST, view.market.system)[..., 0] - MILD)
    worst = highest(days, axis=1)
    known = np.where(np.isnan(worst), -1, np.arange(len(worst)))
    latest = np.maximum.accumulate(known)[target_rows(view)]
    return np.where(latest < ISSUE_DAY, np.nan, worst[latest])[:, None]


@feature("degC", SeriesName.TEMPERATURE_FORECAST)
def warmer_than_usual(view: View) -> Floats:
    """Issue date's mean temperature forecast less that of the four weeks before."""
    days = mean(by_day(view, SeriesName.TEMPERATURE_FORECAST, view.market.system)[..., 0], axis=1)
    return (days[ISSUE_DAY] - mean(days[ISSUE_DAY - 28 : ISSUE_DAY], axis=0))[None, None]
