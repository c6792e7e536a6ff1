"""When the price of an hour counts as known: what a forecast is trained on and scored by.

An hour is a spike above x as soon as one of its intervals is priced above x. It is known not to
be one only when at least `label_coverage` of its intervals arrived; else it is missing and
trains nothing.
"""

from datetime import datetime
from typing import NamedTuple

import numpy as np

from rtlmp.asof.vintages import Archive, Flags, Floats, Indices, known_at
from rtlmp.catalog import SeriesName


class Labels(NamedTuple):
    """(rows,) each: highest price seen in the hour, and whether enough intervals arrived."""

    highest: Floats  # NaN: none arrived
    complete: Flags

    def at(self, rows: Flags | Indices) -> "Labels":
        return Labels(self.highest[rows], self.complete[rows])


def known_labels(
    prices: Archive, at: datetime, hours: range, min_coverage: float
) -> dict[str, Labels]:
    """By node, what was known at `at` of the price of each of `hours` (hours since 1970)."""
    of = prices[SeriesName.RT_MAX], prices[SeriesName.RT_COVERAGE]
    highest, coverage = (known_at(each, at, hours) for each in of)
    if of[0].locations != of[1].locations:
        raise ValueError(f"prices at {of[0].locations}, their coverage at {of[1].locations}")
    labels = map(Labels, highest.T, min_coverage <= coverage.T)
    return dict(zip(of[0].locations, labels, strict=True))


def spike(of: Labels, x: float) -> Floats:
    """1 where an interval was priced above `x`, 0 where surely none was, NaN where unknown."""
    return np.where(of.highest > x, 1.0, np.where(of.complete, 0.0, np.nan))
