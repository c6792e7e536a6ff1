"""Boosted trees and forests of XGBoost: one booster for every threshold, ln x is a feature.

hazard   rows are stacked only over the thresholds an hour reached: the booster fits
         P(above x_j | above x_{j-1}), and their product is the curve. It is the exact ordinal
         likelihood (continuation ratio), a seventh of the rows, and needs no constraint.
forest   a random forest, stacked as hazard.
separate one classifier a threshold, on its own; the curve is made to fall afterwards.
"""

from typing import Final, TypeAlias

import numpy as np
import xgboost as xgb

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models.blocks import StackedRows, quantised, round_robin, row_blocks
from rtlmp.models.curve import Fitted, TrainingRows, at_every_threshold, log_odds

Parameters: TypeAlias = dict[str, str | int | float | tuple[int, ...]]
APART: Final = 10_000_019  # of the seeds of blocks: further than those of dated models ever are
FOREST: Final = {"learning_rate": 1.0, "colsample_bytree": 1.0, "reg_lambda": 1e-3}


def fit_hazard(t: TrainingRows, model: Model, seed: int, gate_trees: int) -> Fitted:
    """`model["rounds"]` trees; the first `gate_trees` do not see the rows held out, the rest do.

    Trees are grown on the row blocks in turn, each on one. Rows held out weigh nothing in the gate
    trees, which know no more of them than where bins lie.
    """
    blocks, start = row_blocks(t, model, model["row_blocks"], hold_out=bool(gate_trees))
    # Zeros bind nothing, but XGBoost rounds otherwise with them: so that models keep their bytes.
    unbound = (0,) * (t.x.shape[1] + 1)
    chosen = {**parameters(model, seed), "monotone_constraints": unbound}
    booster = None
    for k, ((data, weight, not_held_out), trees) in enumerate(round_robin(blocks, model["rounds"])):
        # A new one over the old trees: XGBoost keeps the rows' sums up to date at no cost only on
        # the matrix that a booster grew its first tree on.
        booster = xgb.Booster({**chosen, "seed": seed + k * APART}, [data], model_file=booster)
        for i in trees:
            if i in (trees.start, gate_trees):
                data.set_weight(weight if i >= gate_trees else weight * not_held_out)
            booster.update(data, i)
    return Fitted(booster, {"start": start.tolist()})


def hazard_curve(of: Fitted, x: Matrix, model: Model, trees: int) -> Floats:
    """P(highest > grid point) by the first `trees` (0: all): (rows, grid)."""
    grid, start = np.array(model["grid"]), np.array(of.state["start"], dtype=np.float32)
    each = of.boosted().inplace_predict(
        at_every_threshold(x, grid), base_margin=start.repeat(len(x)), iteration_range=(0, trees)
    )
    return np.multiply.accumulate(each.reshape(len(grid), len(x)), axis=0, dtype=np.float64).T


def fit_forest(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """A forest of `model["rounds"]` trees, on the rows not held out."""
    [whole], start = row_blocks(t.gate_rows(), model, 1, hold_out=False)
    share = float(np.sqrt(1 / t.x.shape[1]))
    chosen = {**parameters(model, seed), **FOREST, "colsample_bynode": share}
    booster = xgb.train({**chosen, "num_parallel_tree": model["rounds"]}, whole.data, 1)
    return Fitted(booster, {"start": start.tolist()})


def forest_curve(of: Fitted, x: Matrix, model: Model, _: int) -> Floats:
    """P(highest > grid point); no tree of a forest sees the rows held out: (rows, grid)."""
    return hazard_curve(of, x, model, 0)


def fit_separate(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """A classifier of its own for each grid point, on the complete rows not held out."""
    t, grid = t.gate_rows(), np.array(model["grid"])
    rows = np.flatnonzero(t.labels.complete)
    above = (t.labels.highest[rows, None] > grid).astype(np.float64)
    start = np.array([log_odds(0 * rows, y, t.weight[rows], 1)[0] for y in above.T])
    weight, margin = t.weight[rows], np.tile(start, (len(rows), 1))
    stacked = StackedRows(t.x[t.row[rows]], above, weight, margin, np.ones(len(rows)))
    data = quantised(stacked, model, model["threads"], None)
    booster = xgb.train(parameters(model, seed), data, model["rounds"])
    return Fitted(booster, {"start": start.tolist()})


def separate_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    start = np.tile(np.array(of.state["start"], dtype=np.float32), (len(x), 1))
    each = of.boosted().inplace_predict(x, base_margin=start)
    return np.minimum.accumulate(each.reshape(len(x), -1).astype(np.float64), axis=1)


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
