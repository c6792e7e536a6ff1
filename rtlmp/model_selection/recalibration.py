"""Recalibration out of time: fitted on the forecasts of earlier folds, scored on those of later
ones, accepted only where it beats leaving alone beyond noise."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame
from scipy.optimize import minimize

from rtlmp.asof.vintages import Floats
from rtlmp.config import threshold_name
from rtlmp.config.jobs import FoldSettings
from rtlmp.model_selection.cross_validation import FoldForecast, daily_loss, estimate
from rtlmp.model_selection.tables import Recalibrated
from rtlmp.models import calibration
from rtlmp.models.calibration import Calibration, CalibrationCurve
from rtlmp.models.curve import sigmoid


def recalibration_skill(
    forecasts: Sequence[FoldForecast], config: FoldSettings
) -> DataFrame[Recalibrated]:
    """Every kind at every threshold. Raises ValueError where there is no later fold."""
    xs, first = config["thresholds"], min(f.fold.window.origin for f in forecasts)
    later = [f for f in forecasts if f.fold.window.origin > first]
    if not later:
        raise ValueError(f"calibration out of time: no origin after {first}, want one or more")
    alone, parts = daily_loss(later), []
    for kind in calibration.KINDS:
        kinds = dict.fromkeys(xs, kind)
        loss = daily_loss([_out_of_time(f, forecasts, kinds) for f in later])
        percent, low, high = estimate(
            lambda new, old: 100 * (new / old - 1), config["seed"], loss, alone
        )
        rows = {
            Recalibrated.kind: kind,
            Recalibrated.threshold: np.array(xs, np.float64),
            Recalibrated.days: loss.shape[1],
            Recalibrated.percent: percent,
            Recalibrated.low: low,
            Recalibrated.high: high,
            Recalibrated.wins: high < 0,
        }
        parts.append(pd.DataFrame(rows))
    return Recalibrated.validate(pd.concat(parts, ignore_index=True))


def accepted_calibration(
    table: DataFrame[Recalibrated], forecasts: Sequence[FoldForecast], config: FoldSettings
) -> Calibration:
    """The best of the winning kinds at each threshold, fitted on all folds; often none."""
    winners = table[table[Recalibrated.wins]].sort_values(Recalibrated.percent)
    best = winners.drop_duplicates(Recalibrated.threshold)
    kinds = dict(zip(best[Recalibrated.threshold], best[Recalibrated.kind], strict=True))
    return _fitted(forecasts, {x: kinds.get(x) for x in config["thresholds"]})


def fit_calibration(kind: str, p: Floats, y: Floats) -> CalibrationCurve:
    """The curve of highest likelihood of outcomes `y`, (rows,), forecast `p`."""
    z = calibration.log_columns(kind, p)

    def loss(b: Floats) -> tuple[float, Floats]:
        margin = z @ b
        value = np.mean(np.logaddexp(0, margin) - y * margin)
        return float(value), z.T @ (sigmoid(margin) - y) / len(y)

    slopes = z.shape[1] - 1
    bounds = [(None, None), *[(0, None)] * slopes]
    found = minimize(loss, [0.0, *[1.0] * slopes], jac=True, method="L-BFGS-B", bounds=bounds)
    return CalibrationCurve(kind=kind, coefficients=[float(b) for b in found.x])


def _out_of_time(
    of: FoldForecast, forecasts: Sequence[FoldForecast], kinds: Mapping[float, str | None]
) -> FoldForecast:
    """Recalibrated as fits the folds of earlier origins."""
    before = [f for f in forecasts if f.fold.window.origin < of.fold.window.origin]
    return of._replace(p=calibration.apply_calibration(of.p, [*kinds], _fitted(before, kinds)))


def _fitted(forecasts: Sequence[FoldForecast], kinds: Mapping[float, str | None]) -> Calibration:
    """A curve of each threshold's kind; `kinds` holds every threshold, None: no curve."""
    spiked = np.concatenate([f.fold.spiked for f in forecasts]).T
    p = np.concatenate([f.p for f in forecasts]).T
    return {
        threshold_name(x): fit_calibration(kind, q[~np.isnan(y)], y[~np.isnan(y)])
        for (x, kind), q, y in zip(kinds.items(), p, spiked, strict=True)
        if kind
    }
