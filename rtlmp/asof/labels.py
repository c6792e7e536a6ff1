"""When the price of an hour counts as known: what a forecast is trained on and scored by.

An hour is known if enough of its intervals arrived, else it is unknown, whatever those show: to
count spikes at any coverage and calm hours at a high one would make spikes of gaps. An hour that
lacks intervals may hide a spike in them, which training makes up for by `seen_weight`.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from rtlmp.asof.vintages import Archive, Flags, Floats, Indices, known_at
from rtlmp.catalog import SeriesName

INTERVALS: Final = 12  # of an hour


class Labels(NamedTuple):
    """(rows,) each, of an hour as far as it was seen; all NaN where it is unknown."""

    highest: Floats  # price, and those next to it where an interval is missing
    second: Floats
    third: Floats
    coverage: Floats  # share of intervals that arrived

    def at(self, rows: Flags | Indices) -> "Labels":
        return Labels(*(of[rows] for of in self))


# where each is read from
SERIES: Final = (
    SeriesName.RT_MAX,
    SeriesName.RT_SECOND,
    SeriesName.RT_THIRD,
    SeriesName.RT_COVERAGE,
)


def known_labels(
    prices: Archive, at: datetime, hours: range, min_coverage: float
) -> dict[str, Labels]:
    """By node, what was known at `at` of the price of each of `hours` (hours since 1970).

    A node without a price in `prices` is there too: nothing is known of it.
    """
    nothing = np.full(len(hours), np.nan)
    each = [
        dict(zip(prices[q].locations, known_at(prices[q], at, hours).T, strict=True))
        for q in SERIES
    ]
    known: dict[str, Labels] = defaultdict(lambda: Labels(*[nothing] * len(SERIES)))
    for node, coverage in each[-1].items():
        unknown = ~(coverage >= min_coverage)
        seen = (of.get(node, nothing) for of in each)
        known[node] = Labels(*(np.where(unknown, np.nan, of) for of in seen))
    return known


def fullest(known: Mapping[str, Labels]) -> str:
    """The node of which most hours are known; empty where there is none."""
    return max(known, key=lambda node: np.isfinite(known[node].highest).sum(), default="")


def spike(highest: Floats, x: float) -> Floats:
    """1 where an interval was priced above `x`, 0 where none of those seen, NaN where unknown."""
    return np.where(np.isnan(highest), np.nan, highest > x)


def seen_weight(of: Labels, x: Floats) -> Floats:
    """Hours that each row with a price above `x` stands for, those whose spike was missed too.

    Goodman's unbiased count of classes from a sample (Annals of Mathematical Statistics 20, 1949):
    right whether a spike fills one interval or all, if which were lost does not depend on the
    price. 1 where nothing is missing; where fewer than three were seen, and from three seen above
    `x` on, where the next terms are within a few per cent of it.
    """
    above = np.where(np.isnan(of.third), 3, sum(price > x for price in of[:3]))
    seen, lost = INTERVALS * of.coverage, INTERVALS * (1 - of.coverage)
    two = 1 - lost * (lost + 1) / np.maximum(seen * (seen - 1), 1)
    return np.choose(above, [1.0, 1 / of.coverage, np.maximum(two, 0), 1.0])
