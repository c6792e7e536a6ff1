"""Log losses of several forecasts of the same folds, so that what they differ by has an interval.

Sums by issue day are (thresholds, days); draws of whole blocks of days are paired.
"""

from collections.abc import Sequence

import numpy as np

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.evaluation.bootstrap import bootstrap_weights, interval
from rtlmp.evaluation.losses import log_loss
from rtlmp.model_selection.folds import Fold
from rtlmp.schemas.core import HorizonRows, Scored


def daily_loss(folds: Sequence[Fold], each: Sequence[Floats], lead_day: int = 0) -> Floats:
    """Log loss of each threshold and issue day, summed over the answers known of one lead day
    (0: all): (thresholds, days). `each` holds the probabilities of a fold."""
    spiked, p = np.concatenate([f.spiked for f in folds]), np.concatenate(each)
    lead = np.concatenate([f.asks[Scored.lead_day] for f in folds])
    counted = ~np.isnan(spiked) & ((lead == lead_day) | (lead_day == 0))[:, None]
    loss = np.where(counted, log_loss(spiked, p), 0.0)
    day = np.unique(_issued(folds), return_inverse=True)[1]
    return np.stack([np.bincount(day, of) for of in loss.T])


def climatology_loss(folds: Sequence[Fold], lead_day: int = 0) -> Floats:
    """The same of climatology."""
    return daily_loss(folds, [f.reference for f in folds], lead_day)


def fold_days(folds: Sequence[Fold]) -> dict[str, Flags]:
    """Which days are of each origin: (days,)."""
    _, first = np.unique(_issued(folds), return_index=True)
    named = np.repeat([f.span.origin.isoformat() for f in folds], [len(f.asks) for f in folds])
    return {str(o): named[first] == o for o in np.unique(named)}


def relative_loss(loss: Floats, usual: Floats) -> Floats:
    """Loss over climatology's, the mean over thresholds: of the sums of all days."""
    return np.asarray((loss / usual).mean(axis=0))


def resampled(loss: Floats, seed: int) -> Floats:
    """Sums over the days of each draw: (thresholds, draws)."""
    return loss @ bootstrap_weights(loss.shape[1], seed).T


def spread(value: Floats) -> list[float]:
    """5 % and 95 % of what was drawn."""
    return [*interval(value)]


def _issued(folds: Sequence[Fold]) -> Floats:
    return np.concatenate([f.asks[HorizonRows.issue_time].to_numpy("datetime64[s]") for f in folds])
