"""What acting on a forecast gives: confusion, precision, economic value."""

import numpy as np

from rtlmp.asof.vintages import Floats
from rtlmp.schemas.names import Metric


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
        Metric.ECONOMIC_VALUE: economic_value(y, p, cost_loss),
    }


def economic_value(y: Floats, p: Floats, cost_loss: float) -> float:
    """Share saved of what perfect forecasts would save over climate (Richardson 2000, eq. 8)."""
    act, base = p >= cost_loss, float(y.mean())
    without = min(cost_loss, base)
    spent = cost_loss * float(act.mean()) + float(np.mean(y * ~act))
    return _ratio(without - spent, without - cost_loss * base)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
