"""What a live nowcast asks for: the newest price, and what is known beside it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pandas as pd

from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.clock import month_span, months
from rtlmp.config import Config
from rtlmp.schemas.core import Observations
from rtlmp.sources.registry import fetch_month, series_of

BACK: Final = timedelta(hours=36)  # the day-ahead prices of a day are out up to 35 before its end
PATIENCE: Final = timedelta(minutes=1)  # until a run is posted


def newest_observations(
    config: Config, at: datetime, beside: Sequence[SeriesName]
) -> tuple[pd.DataFrame, datetime]:
    """Of BACK before `at`: the target price, waited for until that of the interval that has begun
    is there, and those of `beside` that are fetched; and when that was."""
    target, now = BY_NAME[config["target"]], at
    known = _published([q for q in beside if q in series_of(config)], at, config)
    while True:
        prices = _published([target], now := datetime.now(UTC), config)
        begun = pd.Timestamp(now).floor(target.step)
        if now > at + PATIENCE or (prices[Observations.valid_time] >= begun).any():
            return pd.concat([known, prices], ignore_index=True), now


def _published(series: list[SeriesName], at: datetime, config: Config) -> pd.DataFrame:
    spans = (month_span(m, at - BACK, at) for m in months(at - BACK, at))
    each = (fetch_month(config, series, *span)[0] for span in spans)
    return pd.concat([of for found in each for of in found.values()])
