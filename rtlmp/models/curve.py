"""The grid of thresholds that every estimator fits, and the curve P(highest > x) over it.

A fitted estimator is a booster, numbers, or both: nothing that runs code when opened.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import xgboost as xgb

from rtlmp.asof.labels import Labels, seen_weight
from rtlmp.asof.vintages import Flags, Floats, Indices, Ints, Matrix

State: TypeAlias = dict[str, list[float] | list[list[float]] | str]  # goes into JSON
SMALLEST: Final = 1e-7  # of a probability: keeps logarithms finite
PIECE: Final = 1024  # rows


class TrainingRows(NamedTuple):
    """What a model is fitted on: (rows,) each, and a matrix that holds more rows than these."""

    x: Matrix
    row: Ints  # of `x`
    labels: Labels
    weight: Floats
    not_held_out: Flags  # not of the days that the champion gate holds out
    block_id: Ints  # modulo `row_blocks`: the block that a row is in

    def at(self, of: Ints) -> "TrainingRows":
        """Some of the rows."""
        x, row, labels, weight, seen, block = self
        return TrainingRows(x, row[of], labels.at(of), weight[of], seen[of], block[of])

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


def stack_reached(labels: Labels, grid: Floats) -> tuple[Indices, Indices, Floats, Floats]:
    """Row, grid point, 1 where above, weight: the thresholds passed, and the first not passed."""
    passed = np.searchsorted(grid, labels.highest, side="left")  # strictly below the highest price
    row, step = np.nonzero(np.arange(len(grid)) <= passed[:, None])
    above, weight = (step < passed[row]).astype(np.float64), np.ones(len(row))
    part = np.flatnonzero(labels.coverage[row] < 1)
    weight[part] = _missed(labels.at(row[part]), grid, step[part], above[part])
    return row, step, above, weight


def _missed(of: Labels, grid: Floats, step: Indices, above: Floats) -> Floats:
    """Weights of stacked rows whose hours lack intervals: as many, above and not, as there were."""
    reached = seen_weight(of, np.append(-np.inf, grid)[step])
    passed = above * seen_weight(of, grid[step])
    calm = reached * (1 - above)
    want, have = (np.bincount(step, of, len(grid)) for of in (reached - passed, calm))
    share = np.divide(np.maximum(want, 0), have, out=np.ones(len(grid)), where=have > 0)
    return passed + calm * share[step]


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
