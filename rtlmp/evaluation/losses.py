"""Losses of forecasts, and whether those of one are higher than those of another."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.tsa.stattools import diebold_mariano_test

from rtlmp.asof.vintages import Floats

CLIP: Final = 1e-6
HAC_LAGS: Final = 7  # days: the 72-hour panels of three issue days overlap, weeks repeat


class Difference(NamedTuple):
    """Mean daily loss difference, its Diebold-Mariano statistic and two-sided p-value."""

    mean: float
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
