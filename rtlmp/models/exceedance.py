"""P(highest price > x) for every x from one booster: ln x is a feature, thresholds are stacked.

Two estimators share the interface, each monotone in x by construction.

hazard   rows are stacked only over the thresholds an hour reached: the booster learns
         P(above x_j | above x_{j-1}), and their product is the curve. It is the exact ordinal
         likelihood (continuation ratio), a seventh of the rows, and needs no constraint.
stacked  rows are stacked over the whole grid, with a monotone constraint on ln x.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from rtlmp.asof import Floats, Matrix
from rtlmp.config import Model
from rtlmp.labels import Labels

Stack: TypeAlias = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]
SMALLEST: Final = 1e-7  # of a probability: keeps logarithms finite


class Estimator(NamedTuple):
    """`stack` lays out a training set; `curve` turns predictions (grid, rows) into exceedance."""

    stack: Callable[[Labels, Floats], Stack]  # row, grid point, 1 where above
    curve: Callable[[Floats], Floats]
    monotone: int  # constraint on ln x


class Fitted(NamedTuple):
    """A booster and where it starts: the log odds of each grid point over all rows, (grid,)."""

    booster: xgb.Booster
    start: list[float]


def fit(x: Matrix, labels: Labels, weight: Floats, model: Model, seed: int) -> Fitted:
    """A curve of `model["estimator"]` from features `x`, what prices came to, and row weights."""
    estimator, grid = ESTIMATORS[model["estimator"]], np.array(model["grid"])
    row, step, above = estimator.stack(labels, grid)
    # Starting each threshold at its own frequency keeps shrinkage from pulling the rare ones up
    # or down to the common ones: trees only say how an hour differs.
    start = _log_odds(step, above, weight[row], len(grid))
    data = xgb.QuantileDMatrix(
        np.column_stack([x[row], np.log(grid)[step].astype(np.float32)]),
        above,
        weight=weight[row],
        base_margin=start[step],
        max_bin=model["max_bin"],
        nthread=model["threads"],
    )
    constraint = (*(0,) * x.shape[1], estimator.monotone)
    booster = xgb.train(_parameters(model, seed, constraint), data, model["rounds"])
    return Fitted(booster, [float(v) for v in start])


def survival(fitted: Fitted, x: Matrix, model: Model) -> Floats:
    """P(highest > grid point): (rows, grid), never rising along the grid."""
    grid, start = np.array(model["grid"]), np.array(fitted.start, dtype=np.float32)
    stacked = np.column_stack(
        [np.tile(x, (len(grid), 1)), np.repeat(np.log(grid), len(x)).astype(np.float32)]
    )
    each = fitted.booster.inplace_predict(stacked, base_margin=start.repeat(len(x)))
    shaped = each.astype(np.float64).reshape(len(grid), len(x))
    return ESTIMATORS[model["estimator"]].curve(shaped).T


def exceedance(curve: Floats, grid: list[float], thresholds: list[float]) -> Floats:
    """P(highest > x) at any `thresholds` inside the grid: (rows, thresholds).

    Between grid points ln P is linear in ln x, a Pareto tail.
    """
    low, high = grid[0], grid[-1]
    if outside := [x for x in thresholds if not low <= x <= high]:
        raise ValueError(f"thresholds {outside} outside model.grid {low}..{high}: extend the grid")
    at = np.interp(np.log(thresholds), np.log(grid), np.arange(len(grid)))
    left = np.minimum(at.astype(np.intp), len(grid) - 2)
    logs = np.log(np.maximum(curve, SMALLEST))
    return np.exp(logs[:, left] + (at - left) * (logs[:, left + 1] - logs[:, left]))


def _log_odds(step: npt.NDArray[np.intp], above: Floats, weight: Floats, points: int) -> Floats:
    """Of each grid point, half a success and half a failure added: (grid,)."""
    total = np.bincount(step, weight, minlength=points)
    passed = np.bincount(step, weight * above, minlength=points)
    return np.log((passed + 0.5) / (total - passed + 0.5))


def _stack_reached(labels: Labels, grid: Floats) -> Stack:
    """Rows stacked over the thresholds passed, and the first not passed where that is sure."""
    passed = np.searchsorted(grid, labels.highest, side="left")  # strictly below the highest price
    last = passed + labels.complete
    row, step = np.nonzero(np.arange(len(grid)) < last[:, None])
    return row, step, (step < passed[row]).astype(np.float64)


def _stack_all(labels: Labels, grid: Floats) -> Stack:
    """Rows stacked over every threshold whose answer is known."""
    above = labels.highest[:, None] > grid
    row, step = np.nonzero(above | labels.complete[:, None])
    return row, step, above[row, step].astype(np.float64)


def _product(each: Floats) -> Floats:
    return np.multiply.accumulate(each, axis=0)


def _lowest_so_far(each: Floats) -> Floats:
    return np.minimum.accumulate(each, axis=0)  # float32 sums may break a tie by a last bit


def _parameters(
    model: Model, seed: int, constraint: tuple[int, ...]
) -> Mapping[str, str | int | float | tuple[int, ...]]:
    return {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "learning_rate": model["learning_rate"],
        "max_depth": model["max_depth"],
        "min_child_weight": model["min_child_weight"],
        "subsample": model["subsample"],
        "colsample_bytree": model["colsample_bytree"],
        "reg_lambda": model["reg_lambda"],
        "max_bin": model["max_bin"],
        "nthread": model["threads"],
        "monotone_constraints": constraint,
        "seed": seed,
    }


ESTIMATORS: Final[dict[str, Estimator]] = {
    "hazard": Estimator(_stack_reached, _product, 0),
    "stacked": Estimator(_stack_all, _lowest_so_far, -1),
}
