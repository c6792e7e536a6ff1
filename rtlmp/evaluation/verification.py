"""How outcomes `y` and probabilities `p`, (rows,) each, agree: reliability, decisions, twCRPS."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.losses import bootstrap_weights, interval
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import ALL, Scope, Score, places_of
from rtlmp.schemas.names import Metric

STEP: Final = 1e-3  # probabilities closer than this are one on a reliability curve
BAND_DRAWS: Final = 400


class ReliabilityCurve(NamedTuple):
    """CORP reliability: (points,) each, in order of probability."""

    probability: Floats
    frequency: Floats
    rows: npt.NDArray[np.intp]
    low: Floats
    high: Floats


def isotonic_recalibration(y: Floats, p: Floats) -> Floats:
    """Isotonic regression of `y` on `p`: CORP of Dimitriadis, Gneiting, Jordan 2021."""
    _, group, rows = np.unique(p, return_inverse=True, return_counts=True)
    return _isotonic(np.bincount(group, y) / rows, rows.astype(np.float64))[group]


def decomposition(y: Floats, p: Floats) -> dict[Metric, float]:
    """brier = miscalibration - discrimination + uncertainty (Dimitriadis et al. 2021, eq. 5)."""
    brier, best = np.mean((p - y) ** 2), np.mean((isotonic_recalibration(y, p) - y) ** 2)
    uncertainty = float(y.mean() * (1 - y.mean()))
    return {
        Metric.MISCALIBRATION: float(brier - best),
        Metric.DISCRIMINATION: float(uncertainty - best),
        Metric.UNCERTAINTY: uncertainty,
    }


def corp_curve(y: Floats, p: Floats, seed: int) -> ReliabilityCurve:
    """CORP curve with a 90 % consistency band: where it would lie if `p` were reliable.

    The band samples outcomes from `p`, hour by hour independent: real spikes cluster in days, so
    on real prices it is narrower than it should be.
    """
    _, group, rows = np.unique(np.round(p / STEP), return_inverse=True, return_counts=True)
    point, weight = np.bincount(group, p) / rows, rows.astype(np.float64)
    frequency = _isotonic(np.bincount(group, y) / weight, weight)
    rng = np.random.default_rng(seed)
    sampled = rng.binomial(rows, point, size=(BAND_DRAWS, len(rows))) / weight
    refit = np.array([_isotonic(each, weight) for each in sampled])
    low, high = np.quantile(refit, [0.05, 0.95], axis=0)
    return ReliabilityCurve(point, frequency, rows, low, high)


def _isotonic(y: Floats, weight: Floats) -> Floats:
    """Never falling fit to `y`, in order of probability, ties pooled."""
    return np.asarray(isotonic_regression(y, weights=weight).x)


def decision_scores(y: Floats, p: Floats, cost_loss: float) -> dict[Metric, float]:
    """Confusion and scores of acting where `p` >= `cost_loss`, the cheapest cut-off if reliable."""
    act, hit = p >= cost_loss, y > 0
    tp, fp, fn = (float(np.sum(c)) for c in (act & hit, act & ~hit, ~act & hit))
    precision, recall = _ratio(tp, tp + fp), _ratio(tp, tp + fn)
    f1 = _ratio(2 * tp, 2 * tp + fp + fn)
    return {
        Metric.TRUE_POSITIVES: tp,
        Metric.FALSE_POSITIVES: fp,
        Metric.FALSE_NEGATIVES: fn,
        Metric.TRUE_NEGATIVES: len(y) - tp - fp - fn,
        Metric.PRECISION: precision,
        Metric.RECALL: recall,
        Metric.F1: f1,
        Metric.ECONOMIC_VALUE: relative_value(y, p, cost_loss),
    }


def relative_value(y: Floats, p: Floats, cost_loss: float) -> float:
    """Share saved of what perfect forecasts would save over climate (Richardson 2000, eq. 8)."""
    act, base = p >= cost_loss, float(y.mean())
    without = min(cost_loss, base)
    spent = cost_loss * float(act.mean()) + float(np.mean(y * ~act))
    return _ratio(without - spent, without - cost_loss * base)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


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
