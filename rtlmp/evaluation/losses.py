"""Losses of forecasts, and whether a difference is more than chance: a test, a bootstrap."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.tsa.stattools import diebold_mariano_test

from rtlmp.asof.vintages import Floats

CLIP: Final = 1e-6
HAC_LAGS: Final = 7  # days: the 72-hour panels of three issue days overlap, weeks repeat
BLOCK: Final = 7  # issue days
DRAWS: Final = 500


class Difference(NamedTuple):
    """Diebold-Mariano of mean daily losses, named as the columns of `Significance`."""

    difference: float
    statistic: float
    p_value: float
    days: int


def log_loss(y: Floats, p: Floats) -> Floats:
    """Negative log likelihood of each outcome: (rows,)."""
    p = np.clip(p, CLIP, 1 - CLIP)
    return -np.log(np.where(y > 0, p, 1 - p))


def diebold_mariano(loss: Floats, challenger: Floats) -> Difference:
    """Test of equal mean daily loss, (days,) each, with HAC variance of HAC_LAGS days."""
    d = loss - challenger
    if np.ptp(d) == 0:
        return Difference(float(d.mean()), np.nan, np.nan, len(d))
    lags = min(HAC_LAGS, len(d) - 2)
    test = diebold_mariano_test(0 * d, loss, challenger, lags=lags, criterion=lambda _, x: x)
    return Difference(float(d.mean()), float(test.statistic), float(test.pvalue), len(d))


def daily_means(day: "pd.Series[pd.Timestamp] | npt.NDArray[np.generic]", loss: Floats) -> Floats:
    """Mean loss of each issue day: (days,)."""
    return np.asarray(pd.Series(loss).groupby(np.asarray(day)).mean(), np.float64)


def block_days(days: int, drawn: int, draws: int, seed: int) -> npt.NDArray[np.int64]:
    """Which of `days` stand in for `drawn` days: (draws, drawn), circular blocks of BLOCK days."""
    starts = np.random.default_rng(seed).integers(0, days, (draws, -(-drawn // BLOCK)))
    return ((starts[..., None] + np.arange(BLOCK)) % days).reshape(draws, -1)[:, :drawn]


@cache
def bootstrap_weights(days: int, seed: int) -> Floats:
    """How often each issue day is resampled: (DRAWS, days), in blocks."""
    offset = block_days(days, days, DRAWS, seed) + days * np.arange(DRAWS)[:, None]
    return np.bincount(offset.ravel(), minlength=DRAWS * days).reshape(DRAWS, days).astype(float)


def interval(resampled: Floats) -> tuple[float, float]:
    """Its 5 % and 95 % points."""
    low, high = np.nanquantile(resampled, [0.05, 0.95])
    return float(low), float(high)


def format_interval(value: float, low: float, high: float, number: str) -> str:
    """A value and its interval, if there is one, as text, each as the format `number` says."""
    return f"{value:{number}}" + ("" if np.isnan(low) else f" [{low:{number}}, {high:{number}}]")
