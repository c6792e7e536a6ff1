"""The threshold-weighted CRPS of a backtest, from daily sums of its Brier scores.

Integrating over thresholds is linear, so thresholds are read one after the other.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.bootstrap import bootstrap_weights, interval
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import ALL, Scope, Score, places_of


class Briers(NamedTuple):
    """Brier score of one threshold, summed by issue day: (models, places, days)."""

    threshold: float
    models: list[str]
    places: list[str]
    days: list[np.datetime64]
    total: Floats
    rows: Floats  # (places, days)


def briers_of(of: Pairs, scope: Scope) -> Briers:
    """Of each place and, as the mean of all questions, of ALL."""
    days, day = np.unique(of.issued, return_inverse=True)
    shape = (len(of.places), len(days))
    index, places = of.place * shape[1] + day, places_of(of, scope)

    def summed(value: Floats | None) -> Floats:
        each = np.bincount(index, value, minlength=shape[0] * shape[1]).reshape(shape)
        named = {ALL: each.sum(axis=0), **dict(zip(of.places, each, strict=True))}
        return np.stack([named[place] for place in places]).astype(np.float64)

    total = np.stack([summed((p - of.spiked) ** 2) for p in of.p])
    return Briers(of.threshold, of.models, places, [*days], total, summed(None))


def twcrps(briers: Sequence[Briers], seed: int) -> Iterator[tuple[str, str, Score]]:
    """By model and place: the Brier scores integrated over thresholds, with its interval.

    Raises ValueError where thresholds were not forecast by the same models on the same days.
    """
    if not briers:
        return
    first = briers[0]
    if any(of[1:4] != first[1:4] for of in briers):
        found = [f"{of.threshold:g}: {of.models}, {len(of.days)} days" for of in briers]
        raise ValueError(f"thresholds were not asked alike: {found}")
    x = np.array([of.threshold for of in briers])
    total = threshold_weighted_crps(np.stack([of.total for of in briers]), x)
    weights = bootstrap_weights(len(first.days), seed)
    for model, losses in zip(first.models, total, strict=True):
        for place, loss, rows in zip(first.places, losses, first.rows, strict=True):
            low, high = interval((weights @ loss) / (weights @ rows))
            yield model, place, (float(loss.sum() / rows.sum()), low, high)


def threshold_weighted_crps(brier: Floats, x: Floats) -> Floats:
    """twCRPS, USD/MWh: Brier scores (thresholds, ...) integrated over thresholds `x` by trapezoids
    (Gneiting and Ranjan 2011, eq. 13, with weight 1 between the outer thresholds)."""
    return np.asarray(np.trapezoid(brier, x, axis=0))
