"""Boosted trees and forests of XGBoost: one booster for every threshold, ln x is a feature.

hazard   rows are stacked only over the thresholds an hour reached: the booster learns
         P(above x_j | above x_{j-1}), and their product is the curve. It is the exact ordinal
         likelihood (continuation ratio), a seventh of the rows, and needs no constraint.
stacked  rows are stacked over the whole grid, with a monotone constraint on ln x.
forest   a random forest, stacked as hazard.
separate one classifier a threshold, on its own; the curve is made to fall afterwards.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import xgboost as xgb

from rtlmp.archive import Floats, Matrix
from rtlmp.config import Model
from rtlmp.labels import Labels
from rtlmp.models.fitted import Fitted, numbers
from rtlmp.models.ladder import (
    Stack,
    Training,
    beside,
    log_odds,
    lowest_so_far,
    product,
    stack_all,
    stack_reached,
    stacked,
)

Parameters: TypeAlias = dict[str, str | int | float | tuple[int, ...]]
FOREST: Final = {"learning_rate": 1.0, "colsample_bytree": 1.0, "reg_lambda": 1e-3}


class Layout(NamedTuple):
    """`stack` lays out a training set; `curve` turns predictions (grid, rows) into exceedance."""

    stack: Callable[[Labels, Floats], Stack]
    curve: Callable[[Floats], Floats]
    monotone: int  # constraint on ln x


HAZARD: Final = Layout(stack_reached, product, 0)
STACKED: Final = Layout(stack_all, lowest_so_far, -1)


def boost(layout: Layout, t: Training, model: Model, seed: int, trunk: int) -> Fitted:
    """`model["rounds"]` trees; the first `trunk` see only the early rows, the rest see all.

    Rows held out weigh nothing in the trunk: it knows no more of them than where bins lie.
    """
    data, start, weight, early = _quantised(layout, t, model, hold_out=bool(trunk))
    constraint = (*(0,) * t.x.shape[1], layout.monotone)
    booster = xgb.Booster({**parameters(model, seed), "monotone_constraints": constraint}, [data])
    if trunk:
        data.set_weight(weight * early)
    for i in range(model["rounds"]):
        if trunk and i == trunk:
            data.set_weight(weight)
        booster.update(data, i)
    return Fitted(booster, {"start": numbers(start)})


def boosted_curve(layout: Layout, of: Fitted, x: Matrix, model: Model, trees: int) -> Floats:
    """P(highest > grid point) by the first `trees` (0: all): (rows, grid)."""
    grid, start = np.array(model["grid"]), np.array(of.state["start"], dtype=np.float32)
    each = of.boosted().inplace_predict(
        beside(x, grid), base_margin=start.repeat(len(x)), iteration_range=(0, trees)
    )
    return layout.curve(each.astype(np.float64).reshape(len(grid), len(x))).T


def grow(t: Training, model: Model, seed: int, _: int) -> Fitted:
    """A forest of `model["rounds"]` trees, on the early rows only."""
    data, start, _weight, _early = _quantised(HAZARD, t.settled(), model, hold_out=False)
    share = float(np.sqrt(1 / t.x.shape[1]))
    chosen = {**parameters(model, seed), **FOREST, "colsample_bynode": share}
    booster = xgb.train({**chosen, "num_parallel_tree": model["rounds"]}, data, 1)
    return Fitted(booster, {"start": numbers(start)})


def forest_curve(of: Fitted, x: Matrix, model: Model, _: int) -> Floats:
    """P(highest > grid point); the whole forest is of early rows: (rows, grid)."""
    return boosted_curve(HAZARD, of, x, model, 0)


def separately(t: Training, model: Model, seed: int, _: int) -> Fitted:
    """A classifier of its own for each grid point, on the early rows that are complete."""
    t, grid = t.settled(), np.array(model["grid"])
    rows = np.flatnonzero(t.labels.complete)
    above = (t.labels.highest[rows, None] > grid).astype(np.float64)
    start = np.array([log_odds(0 * rows, y, t.weight[rows], 1)[0] for y in above.T])
    data = xgb.QuantileDMatrix(
        t.x[rows],
        above,
        weight=t.weight[rows],
        base_margin=np.tile(start, (len(rows), 1)),
        max_bin=model["max_bin"],
        nthread=model["threads"],
    )
    booster = xgb.train(parameters(model, seed), data, model["rounds"])
    return Fitted(booster, {"start": numbers(start)})


def separate_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    start = np.tile(np.array(of.state["start"], dtype=np.float32), (len(x), 1))
    each = of.boosted().inplace_predict(x, base_margin=start)
    return lowest_so_far(each.reshape(len(x), -1).T.astype(np.float64)).T


def parameters(model: Model, seed: int) -> Parameters:
    """Of XGBoost, by its names."""
    return {
        "objective": "binary:logistic",
        "base_score": 0.5,  # each row starts at its own margin
        "tree_method": "hist",
        "device": model["device"],
        "learning_rate": model["learning_rate"],
        "max_depth": model["max_depth"],
        "min_child_weight": model["min_child_weight"],
        "subsample": model["subsample"],
        "colsample_bytree": model["colsample_bytree"],
        "reg_lambda": model["reg_lambda"],
        "max_bin": model["max_bin"],
        "nthread": model["threads"],
        "seed": seed,
    }


def _quantised(
    layout: Layout, t: Training, model: Model, *, hold_out: bool
) -> tuple[xgb.QuantileDMatrix, Floats, Floats, Floats]:
    """The stacked rows, where each grid point starts, and their weights and early flags."""
    grid = np.array(model["grid"])
    row, step, above = layout.stack(t.labels, grid)
    weight, early = t.weight[row], t.early[row].astype(np.float64)
    # Starting each threshold at its own frequency keeps shrinkage from pulling the rare ones up
    # or down to the common ones: trees only say how an hour differs.
    start = log_odds(step, above, weight * early if hold_out else weight, len(grid))
    data = xgb.QuantileDMatrix(
        stacked(t.x, row, np.log(grid)[step]),
        above,
        weight=weight,
        base_margin=start[step],
        max_bin=model["max_bin"],
        nthread=model["threads"],
    )
    return data, start, weight, early
