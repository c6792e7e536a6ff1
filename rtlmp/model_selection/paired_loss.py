"""Log losses of several forecasts of the same folds, so that what they differ by has an interval.

Sums by issue day are (thresholds, days); the bootstrap resamples the same blocks of days of each.
"""

from collections.abc import Callable, Sequence

import numpy as np

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.evaluation.losses import bootstrap_weights, interval, log_loss
from rtlmp.model_selection.cross_validation import FoldForecast
from rtlmp.model_selection.folds import Fold
from rtlmp.schemas.core import HorizonRows, Scored


def daily_loss(forecasts: Sequence[FoldForecast], lead_day: int = 0) -> Floats:
    """Log loss of each threshold and issue day, summed over the labels known of one lead day
    (0: all): (thresholds, days)."""
    spiked = np.concatenate([f.fold.spiked for f in forecasts])
    lead = np.concatenate([f.fold.horizon[Scored.lead_day] for f in forecasts])
    counted = ~np.isnan(spiked) & ((lead == lead_day) | (lead_day == 0))[:, None]
    loss = np.where(counted, log_loss(spiked, np.concatenate([f.p for f in forecasts])), 0.0)
    day = np.unique(_issued([f.fold for f in forecasts]), return_inverse=True)[1]
    return np.stack([np.bincount(day, of) for of in loss.T])


def climatology_loss(forecasts: Sequence[FoldForecast], lead_day: int = 0) -> Floats:
    """The same of climatology."""
    return daily_loss([f._replace(p=f.fold.climatology) for f in forecasts], lead_day)


def fold_days(folds: Sequence[Fold]) -> dict[str, Flags]:
    """Which days are of each origin: (days,)."""
    _, first = np.unique(_issued(folds), return_index=True)
    origins = [f.window.origin.isoformat() for f in folds]
    of_day = np.repeat(origins, [len(f.horizon) for f in folds])[first]
    return {origin: of_day == origin for origin in sorted({*origins})}


def estimate(
    statistic: Callable[[Floats, Floats], Floats], seed: int, loss: Floats, base: Floats
) -> tuple[Floats, Floats, Floats]:
    """`statistic` of the sums over days of both, (thresholds,), and 5 % and 95 % of it over
    resampled days: of sums (thresholds, draws)."""
    weights = bootstrap_weights(loss.shape[1], seed).T
    bounds = np.apply_along_axis(interval, -1, statistic(loss @ weights, base @ weights))
    return statistic(loss.sum(axis=1), base.sum(axis=1)), bounds[..., 0], bounds[..., 1]


def _issued(folds: Sequence[Fold]) -> Floats:
    times = [f.horizon[HorizonRows.issue_time].to_numpy("datetime64[s]") for f in folds]
    return np.concatenate(times)
