"""The grid of thresholds that every estimator fits, and the curve P(highest > x) over it.

A fitted estimator is a booster, numbers, or both: nothing that runs code when opened.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import xgboost as xgb

from rtlmp.asof.labels import Labels, seen_weight
from rtlmp.asof.vintages import Flags, Floats, Indices, Ints, Matrix
from rtlmp.config.model import Model

Table: TypeAlias = list[list[float]]
State: TypeAlias = dict[str, list[float] | Table | list[Table] | str]  # goes into JSON
SMALLEST: Final = 1e-7  # of a probability: keeps logarithms finite
PIECE: Final = 1024  # rows
COMMON: Final = 50.0  # USD/MWh, up to which all thresholds have the same memory


class TrainingRows(NamedTuple):
    """What a model is fitted on: (rows,) each, and a matrix that holds more rows than these."""

    x: Matrix
    row: Ints  # of `x`
    labels: Labels
    age: Floats  # days from its issue time to the model's
    not_held_out: Flags  # not of the days that the champion gate holds out
    block_id: Ints  # modulo `row_blocks`: the block that a row is in

    def at(self, of: Ints) -> "TrainingRows":
        """Some of the rows."""
        x, row, labels, age, seen, block = self
        return TrainingRows(x, row[of], labels.at(of), age[of], seen[of], block[of])

    def gate_rows(self) -> "TrainingRows":
        """Those not held out."""
        return self.at(np.flatnonzero(self.not_held_out))


class Fitted(NamedTuple):
    booster: xgb.Booster | None
    state: State

    def boosted(self) -> xgb.Booster:
        """The booster, where the estimator is made of one."""
        if self.booster is None:
            raise TypeError(f"no booster in a fitted model of {sorted(self.state)}")
        return self.booster


def exceedance(curve: Floats, grid: list[float], thresholds: list[float]) -> Floats:
    """P(highest > x) at any `thresholds` inside the grid: (rows, thresholds).

    Between grid points ln P is linear in ln x, a Pareto tail.
    """
    low, high = grid[0], grid[-1]
    if outside := [x for x in thresholds if not low <= x <= high]:
        raise ValueError(f"thresholds {outside} outside model.grid {low}..{high}: extend the grid")
    left, fraction = grid_position(grid, thresholds)
    logs = np.log(np.maximum(curve, SMALLEST))
    return np.exp(logs[:, left] + fraction * (logs[:, left + 1] - logs[:, left]))


def grid_position(grid: list[float], thresholds: list[float]) -> tuple[Indices, Floats]:
    """Of each threshold, the grid point before it, and the share of the way to the next in ln x."""
    at = np.interp(np.log(thresholds), np.log(grid), np.arange(len(grid)))
    left = np.minimum(at.astype(np.intp), len(grid) - 2)
    return left, at - left


class Reached(NamedTuple):
    """Stacked rows, (rows,) each: a row once for each threshold that its hour reached."""

    row: Indices  # of the training rows
    step: Indices  # grid point
    above: Floats  # 1: it was passed
    weight: Floats


def stack_reached(t: TrainingRows, model: Model) -> Reached:
    """The thresholds passed, and the first not passed; each with its own memory."""
    grid = np.array(model["grid"])
    passed = np.searchsorted(grid, t.labels.highest, side="left")  # strictly below the highest
    row, step = np.nonzero(np.arange(len(grid)) <= passed[:, None])
    above = (step < passed[row]).astype(np.float64)
    weight = 0.5 ** (t.age[row] / half_lives(model)[step])
    part = np.flatnonzero(t.labels.coverage[row] < 1)
    weight[part] *= _missed(t.labels.at(row[part]), grid, step[part], above[part])
    return Reached(row, step, above, weight)


def _missed(of: Labels, grid: Floats, step: Indices, above: Floats) -> Floats:
    """Weights of stacked rows whose hours lack intervals: as many, above and not, as there were."""
    reached = seen_weight(of, np.append(-np.inf, grid)[step])
    passed = above * seen_weight(of, grid[step])
    calm = reached * (1 - above)
    want, have = (np.bincount(step, of, len(grid)) for of in (reached - passed, calm))
    share = np.divide(np.maximum(want, 0), have, out=np.ones(len(grid)), where=have > 0)
    return passed + calm * share[step]


def half_lives(model: Model) -> Floats:
    """Age in days at which a row weighs half, by grid point: rare prices are remembered longer."""
    times = np.maximum(np.array(model["grid"]) / COMMON, 1) ** model["half_life_power"]
    return np.asarray(model["half_life_days"] * times)


def base_rates(t: TrainingRows, model: Model) -> Floats:
    """How often the rows pass each grid point, as they weigh: (grid,)."""
    _, step, above, weight = stack_reached(t, model)
    ratio = sigmoid(log_odds(step, above, weight, len(model["grid"])))
    return np.multiply.accumulate(ratio, dtype=np.float64)


def stack_features(x: Matrix, row: Indices, last: Floats) -> Matrix:
    """The rows `row` of `x` and a last column: laid out once, by pieces that fit a cache."""
    out = np.empty((len(row), x.shape[1] + 1), dtype=np.float32)
    for k in range(0, len(row), PIECE):
        out[k : k + PIECE, :-1] = x[row[k : k + PIECE]]
    out[:, -1] = last
    return out


def log_odds(step: Indices, above: Floats, weight: Floats, points: int) -> Floats:
    """Of each grid point, half a success and half a failure added: (grid,)."""
    total = np.bincount(step, weight, minlength=points)
    passed = np.bincount(step, weight * above, minlength=points)
    return np.log((passed + 0.5) / (total - passed + 0.5))


def sigmoid(odds: Floats) -> Floats:
    """The probability of these log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)))


def at_every_threshold(x: Matrix, grid: Floats) -> Matrix:
    """Features of every row at every grid point, ln x last: (grid * rows, features + 1)."""
    prices = np.repeat(np.log(grid), len(x)).astype(np.float32)
    return np.column_stack([np.tile(x, (len(grid), 1)), prices])
