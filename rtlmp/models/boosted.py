"""Boosted trees of XGBoost: one booster for every threshold, ln x is a feature.

hazard   rows are stacked only over the thresholds an hour reached: the booster fits
         P(above x_j | above x_{j-1}), and their product is the curve. It is the exact ordinal
         likelihood (continuation ratio), a seventh of the rows, and needs no constraint.
separate one classifier a threshold, on its own; the curve is made to fall afterwards.

Trees of `hazard` are grown on blocks of the stacked rows in turn (round robin). A block holds each
hour once, at one of its leads, and hours of every issue date: a third of the rows, and nearly all
of what they tell, for a third of the time; and the next tree corrects the last on rows that it has
not seen.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
import xgboost as xgb

from rtlmp.asof.vintages import Floats, Indices, Matrix
from rtlmp.config.model import Model
from rtlmp.models import curve
from rtlmp.models.curve import Fitted, TrainingRows, log_odds

T = TypeVar("T")
PASSES: Final = 2  # over the blocks
APART: Final = 10_000_019  # of the seeds of blocks: further than those of dated models ever are
MEMORY: Final = {"half_life_days", "half_life_power"}
SHARES: Final = {"weight", "base_rate_share"}
OWN: Final = {"estimator", "grid", "rounds", "row_blocks", "units", "threads", *MEMORY, *SHARES}


class StackedRows(NamedTuple):
    """Rows that a tree is grown on: (rows, features and ln x), (rows,) each."""

    x: Matrix
    above: Floats  # 1: the threshold was passed
    weight: Floats
    margin: Floats  # log odds to start from
    not_held_out: Floats  # 1, or 0 for the days that the champion gate holds out


class RowBlock(NamedTuple):
    """The same quantised, and what of them changes or is needed again."""

    data: xgb.QuantileDMatrix
    weight: Floats
    not_held_out: Floats


def partition(
    t: TrainingRows, model: Model, count: int, *, hold_out: bool, start: Floats | None = None
) -> tuple[Iterator[StackedRows], Floats]:
    """The stacked rows in at most `count` blocks, and where each grid point starts."""
    grid = np.array(model["grid"])
    row, step, above, weight = curve.stack_reached(t, model)
    not_held_out = t.not_held_out[row].astype(np.float64)
    # Starting each threshold at its own frequency keeps shrinkage from pulling the rare ones up
    # or down to the common ones: trees only say how an hour differs.
    if start is None:
        start = log_odds(step, above, weight * not_held_out if hold_out else weight, len(grid))

    def stacked(at: Indices) -> StackedRows:
        x = curve.stack_features(t.x, t.row[row[at]], np.log(grid)[step[at]])
        # each block stands for all rows
        return StackedRows(x, above[at], count * weight[at], start[step[at]], not_held_out[at])

    blocks = (np.flatnonzero(t.block_id[row] % count == k) for k in range(count))
    return (stacked(at) for at in blocks if len(at)), start


def quantised(rows: StackedRows, model: Model, ref: xgb.DMatrix | None) -> xgb.QuantileDMatrix:
    """With the bins of `ref`, if given."""
    given = {"weight": rows.weight, "base_margin": rows.margin, "ref": ref}
    threads, bins = model["threads"], model["max_bin"]
    return xgb.QuantileDMatrix(rows.x, rows.above, **given, max_bin=bins, nthread=threads)


def round_robin(blocks: Sequence[T], rounds: int) -> list[tuple[T, range]]:
    """Each block and the trees that it grows, PASSES times over all of them."""
    count = PASSES * len(blocks)
    edges = [k * rounds // count for k in range(count + 1)]
    return [(blocks[k % len(blocks)], range(*edges[k : k + 2])) for k in range(count)]


def row_blocks(
    t: TrainingRows, model: Model, count: int, *, hold_out: bool, start: Floats | None = None
) -> tuple[list[RowBlock], Floats]:
    """The blocks, laid out one at a time, and where each grid point starts."""
    rows, start = partition(t, model, count, hold_out=hold_out, start=start)
    made: list[RowBlock] = []
    for of in rows:
        data = quantised(of, model, made[0].data if made else None)
        made.append(RowBlock(data, of.weight, of.not_held_out))
    return made, start


def fit_hazard(t: TrainingRows, model: Model, seed: int, gate_trees: int) -> Fitted:
    """`model["rounds"]` trees; the first `gate_trees` do not see the rows held out, the rest do.

    Trees are grown on the row blocks in turn, each on one. Rows held out weigh nothing in the gate
    trees, which know no more of them than where bins lie.
    """
    blocks, start = row_blocks(t, model, model["row_blocks"], hold_out=bool(gate_trees))
    booster = _boosted(None, blocks, model, seed, gate_trees)
    return Fitted(booster, {"start": start.tolist()})


def update_hazard(
    of: Fitted, kept: int, t: TrainingRows, model: Model, seed: int, gate_trees: int
) -> Fitted:
    """The first `kept` trees of `of`, and the remaining ones on these rows; held out as above."""
    start, hold_out = np.array(of.state["start"]), bool(gate_trees)
    blocks, _ = row_blocks(t, model, 1, hold_out=hold_out, start=start)
    return of._replace(booster=_boosted(of.boosted()[:kept], blocks, model, seed, gate_trees))


def _boosted(
    older: xgb.Booster | None, blocks: Sequence[RowBlock], model: Model, seed: int, gate_trees: int
) -> xgb.Booster:
    """`older` and the trees that it lacks; those before `gate_trees` blind to rows held out."""
    # Zeros bind nothing, but XGBoost rounds otherwise with them: so that models keep their bytes.
    unbound = (0,) * blocks[0].data.num_col()
    chosen = {**parameters(model, seed), "monotone_constraints": unbound}
    first = older.num_boosted_rounds() if older else 0
    for k, (block, trees) in enumerate(round_robin(blocks, model["rounds"] - first)):
        data, weight, not_held_out = block
        # A new one over the old trees: XGBoost keeps the rows' sums up to date at no cost only on
        # the matrix that a booster grew its first tree on.
        booster = xgb.Booster({**chosen, "seed": seed + k * APART}, [data], model_file=older)
        for i in trees:
            if i in (trees.start, gate_trees - first):
                blind = first + i < gate_trees
                data.set_weight(weight * not_held_out if blind else weight)
            booster.update(data, first + i)
        older = booster
    return booster


def hazard_curve(of: Fitted, x: Matrix, model: Model, trees: int) -> Floats:
    """P(highest > grid point) by the first `trees` (0: all): (rows, grid)."""
    grid, start = np.array(model["grid"]), np.array(of.state["start"], dtype=np.float32)
    rows, margin = curve.at_every_threshold(x, grid), start.repeat(len(x))
    each = of.boosted().inplace_predict(rows, base_margin=margin, iteration_range=(0, trees))
    return np.multiply.accumulate(each.reshape(len(grid), len(x)), axis=0, dtype=np.float64).T


def fit_separate(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """A classifier of its own for each grid point, on the rows not held out, as they were seen."""
    t, grid = t.gate_rows(), np.array(model["grid"])
    above = (t.labels.highest[:, None] > grid).astype(np.float64)
    # XGBoost takes one weight for all targets of a row
    weight = np.mean(0.5 ** (t.age[:, None] / curve.half_lives(model)), axis=1)
    start = np.array([log_odds(0 * t.row, y, weight, 1)[0] for y in above.T])
    margin = np.tile(start, (len(t.row), 1))
    stacked = StackedRows(t.x[t.row], above, weight, margin, np.ones(len(t.row)))
    data = quantised(stacked, model, None)
    booster = xgb.train(parameters(model, seed), data, model["rounds"])
    return Fitted(booster, {"start": start.tolist()})


def separate_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    start = np.tile(np.array(of.state["start"], dtype=np.float32), (len(x), 1))
    each = of.boosted().inplace_predict(x, base_margin=start)
    return np.minimum.accumulate(each.reshape(len(x), -1).astype(np.float64), axis=1)


def parameters(model: Model, seed: int) -> dict[str, object]:
    """Of XGBoost, by its names, which are those of all settings but OWN."""
    chosen = {key: value for key, value in model.items() if key not in OWN}
    fixed = {"objective": "binary:logistic", "tree_method": "hist", "nthread": model["threads"]}
    return {**chosen, **fixed, "seed": seed, "base_score": 0.5}  # each row starts at its own margin
