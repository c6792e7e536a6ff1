""""""

from functools import cache
from typing import Final

import numpy as np

from rtlmp.asof.vintages import Floats

BLOCK: Final = 7
DRAWS: Final = 500


@cache
def bootstrap_weights(days: int, seed: int) -> Floats:
    """How often each issue day is drawn: (DRAWS, days), circular blocks of BLOCK days."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (DRAWS, -(-days // BLOCK)))
    drawn = ((starts[..., None] + np.arange(BLOCK)) % days).reshape(DRAWS, -1)[:, :days]
    offset = drawn + days * np.arange(DRAWS)[:, None]
    return np.bincount(offset.ravel(), minlength=DRAWS * days).reshape(DRAWS, days).astype(float)


def interval(drawn: Floats) -> tuple[float, float]:
    low, high = np.nanquantile(drawn, [0.05, 0.95])
    return float(low), float(high)


def format_interval(value: float, low: float, high: float, number: str) -> str:
    """A value and its interval as text, each written as the format `number` says."""
    return f"{value:{number}} [{low:{number}}, {high:{number}}]"
