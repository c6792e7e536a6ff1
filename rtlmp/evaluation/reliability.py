"""Reliability of one stratum: outcomes `y` and probabilities `p`, (rows,) each."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from rtlmp.asof.vintages import Floats

STEP: Final = 1e-3  # probabilities closer than this are one on a reliability curve
BAND_DRAWS: Final = 400


class ReliabilityCurve(NamedTuple):
    """CORP reliability: (points,) each, in order of probability."""

    probability: Floats
    frequency: Floats
    rows: npt.NDArray[np.intp]
    low: Floats
    high: Floats


class Decomposition(NamedTuple):
    """brier = miscalibration - discrimination + uncertainty."""

    miscalibration: float
    discrimination: float
    uncertainty: float


def isotonic_recalibration(y: Floats, p: Floats) -> Floats:
    """Isotonic regression of `y` on `p`: CORP of Dimitriadis, Gneiting, Jordan 2021."""
    _, group, rows = np.unique(p, return_inverse=True, return_counts=True)
    return _isotonic(np.bincount(group, y) / rows, rows.astype(np.float64))[group]


def decomposition(y: Floats, p: Floats) -> Decomposition:
    """CORP parts of the Brier score (Dimitriadis et al. 2021, eq. 5)."""
    brier, best = np.mean((p - y) ** 2), np.mean((isotonic_recalibration(y, p) - y) ** 2)
    uncertainty = float(y.mean() * (1 - y.mean()))
    return Decomposition(float(brier - best), float(uncertainty - best), uncertainty)


def reliability(y: Floats, p: Floats, seed: int) -> ReliabilityCurve:
    """CORP curve with a 90 % consistency band: where it would lie if `p` were reliable.

    The band samples outcomes from `p`, hour by hour independent: real spikes cluster in days, so
    on real prices it is narrower than it should be.
    """
    point, group, rows = _points(p)
    weight = rows.astype(np.float64)
    frequency = _isotonic(np.bincount(group, y) / weight, weight)
    rng = np.random.default_rng(seed)
    sampled = rng.binomial(rows, point, size=(BAND_DRAWS, len(rows))) / weight
    refit = np.array([_isotonic(each, weight) for each in sampled])
    low, high = np.quantile(refit, [0.05, 0.95], axis=0)
    return ReliabilityCurve(point, frequency, rows, low, high)


def _points(p: Floats) -> tuple[Floats, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Probabilities rounded to classes: mean of each, class of each row, rows of each."""
    _, group, rows = np.unique(np.round(p / STEP), return_inverse=True, return_counts=True)
    return np.bincount(group, p) / rows, group, rows


def _isotonic(y: Floats, weight: Floats) -> Floats:
    """Never falling fit to `y`, in order of probability, ties pooled."""
    return np.asarray(isotonic_regression(y, weights=weight).x)
