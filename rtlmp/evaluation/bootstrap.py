"""Block bootstrap over issue days: weights of each resample, and the interval they give."""

from functools import cache
from typing import Final

import numpy as np

from rtlmp.asof.vintages import Floats

BLOCK: Final = 7
DRAWS: Final = 500


@cache
def bootstrap_weights(days: int, seed: int) -> Floats:
    """How often each issue day is resampled: (DRAWS, days), circular blocks of BLOCK days."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (DRAWS, -(-days // BLOCK)))
    day = ((starts[..., None] + np.arange(BLOCK)) % days).reshape(DRAWS, -1)[:, :days]
    offset = day + days * np.arange(DRAWS)[:, None]
    return np.bincount(offset.ravel(), minlength=DRAWS * days).reshape(DRAWS, days).astype(float)


def interval(resampled: Floats) -> tuple[float, float]:
    """Its 5 % and 95 % points."""
    low, high = np.nanquantile(resampled, [0.05, 0.95])
    return float(low), float(high)


def format_interval(value: float, low: float, high: float, number: str) -> str:
    """A value and its interval as text, each written as the format `number` says."""
    return f"{value:{number}} [{low:{number}}, {high:{number}}]"
