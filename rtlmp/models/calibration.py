"""Recalibration of a probability, threshold by threshold.

platt    log odds moved and stretched
beta     ln p and ln (1 - p) weighed apart (Kull, Silva Filho and Flach 2017)
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from typing_extensions import TypedDict

from rtlmp.asof.vintages import Floats
from rtlmp.config import threshold_name
from rtlmp.models.curve import SMALLEST, sigmoid


class CalibrationCurve(TypedDict):
    kind: str
    coefficients: list[float]  # intercept, then slopes, none below zero: it never falls


Calibration: TypeAlias = dict[str, CalibrationCurve]  # by threshold as it stands in a path
KINDS: Final[dict[str, Callable[[Floats], list[Floats]]]] = {
    "platt": lambda p: [np.log(p) - np.log1p(-p)],
    "beta": lambda p: [np.log(p), -np.log1p(-p)],
}


def recalibrated(p: Floats, curve: CalibrationCurve) -> Floats:
    """(rows,) by the curve. Summed row by row: the company a row is in must not change a bit."""
    return sigmoid((log_columns(curve["kind"], p) * curve["coefficients"]).sum(axis=1))


def apply_calibration(p: Floats, thresholds: list[float], calibration: Calibration) -> Floats:
    """(rows, thresholds), recalibrated where there is a curve, and falling along the thresholds."""
    if not calibration:
        return p
    each = zip(map(threshold_name, thresholds), p.T, strict=True)
    out = np.stack([recalibrated(q, calibration[x]) if x in calibration else q for x, q in each])
    order = np.argsort(thresholds)
    out[order] = np.minimum.accumulate(out[order], axis=0)
    return out.T


def log_columns(kind: str, p: Floats) -> Floats:
    """A one and the logarithms that a curve of this kind weighs: (rows, columns)."""
    inside = np.clip(p, SMALLEST, 1 - SMALLEST)
    return np.column_stack([np.ones_like(p), *KINDS[kind](inside)])
