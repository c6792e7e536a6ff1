"""Calibration out of time: learnt on the forecasts of earlier folds, judged on those of later ones,
kept only where it beats leaving alone beyond noise."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.config import threshold_name
from rtlmp.config.jobs import FoldSettings
from rtlmp.evaluation.bootstrap import interval
from rtlmp.model_selection.folds import Fold
from rtlmp.model_selection.paired_loss import daily_loss, resampled
from rtlmp.models.calibration import KINDS, Calibration, apply_calibration, fit_calibration
from rtlmp.schemas.selection import Recalibrated


def recalibration_skill(
    folds: Sequence[Fold], each: Sequence[Floats], config: FoldSettings
) -> DataFrame[Recalibrated]:
    """Every kind at every threshold; `each` holds the probabilities of a fold.

    Raises ValueError where there is no later fold.
    """
    first = min(f.span.origin for f in folds)
    later = [k for k, f in enumerate(folds) if f.span.origin > first]
    if not later:
        raise ValueError(f"calibration out of time: no origin after {first}, want one or more")
    after, alone = [folds[k] for k in later], [each[k] for k in later]
    left = daily_loss(after, alone)
    rows = [
        row
        for kind in KINDS
        for bent in [[_out_of_time(folds, each, k, kind, config) for k in later]]
        for row in _beside(kind, daily_loss(after, bent), left, config)
    ]
    return Recalibrated.validate(pd.DataFrame(rows))


def accepted_calibration(
    table: DataFrame[Recalibrated],
    folds: Sequence[Fold],
    each: Sequence[Floats],
    config: FoldSettings,
) -> Calibration:
    """The best of the winning kinds at each threshold, learnt on all folds; often none."""
    winners = table[table[Recalibrated.wins]].sort_values(Recalibrated.percent)
    best = winners.drop_duplicates(Recalibrated.threshold)
    kinds = dict(zip(best[Recalibrated.threshold], best[Recalibrated.kind], strict=True))
    chosen = {x: kinds[x] for x in config["thresholds"] if x in kinds}
    return _learnt(folds, each, chosen, config)


def _out_of_time(
    folds: Sequence[Fold], each: Sequence[Floats], k: int, kind: str, config: FoldSettings
) -> Floats:
    """Probabilities of fold `k`, calibrated on the folds of earlier origins."""
    before = [j for j, f in enumerate(folds) if f.span.origin < folds[k].span.origin]
    chosen = dict.fromkeys(config["thresholds"], kind)
    found = _learnt([folds[j] for j in before], [each[j] for j in before], chosen, config)
    return apply_calibration(each[k], config["thresholds"], found)


def _learnt(
    folds: Sequence[Fold], each: Sequence[Floats], kinds: dict[float, str], config: FoldSettings
) -> Calibration:
    y, p = np.concatenate([f.spiked for f in folds]), np.concatenate(each)
    columns = {x: k for k, x in enumerate(config["thresholds"])}
    known = ~np.isnan(y)
    return {
        threshold_name(x): fit_calibration(kind, p[rows, k], y[rows, k])
        for x, kind in kinds.items()
        for k in [columns[x]]
        for rows in [known[:, k]]
    }


def _beside(kind: str, loss: Floats, left: Floats, config: FoldSettings) -> list[dict[str, object]]:
    """A row a threshold: change of log loss, % of leaving alone."""
    change = 100 * (loss.sum(axis=1) / left.sum(axis=1) - 1)
    each = 100 * (resampled(loss, config["seed"]) / resampled(left, config["seed"]) - 1)
    return [
        {
            Recalibrated.kind: kind,
            Recalibrated.threshold: float(x),
            Recalibrated.days: loss.shape[1],
            Recalibrated.percent: value,
            Recalibrated.low: low,
            Recalibrated.high: high,
            Recalibrated.wins: high < 0,
        }
        for x, value, (low, high) in zip(
            config["thresholds"], change, map(interval, each), strict=True
        )
    ]
