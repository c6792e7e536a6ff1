"""The stacked rows of a training in blocks, which trees are grown on in turn (round robin).

A block holds each hour once, at one of its leads, and hours of every issue date: a third of the
rows, and nearly all of what they tell, for a third of the time; and the next tree corrects the
last on rows that it has not seen.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
import xgboost as xgb

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models.curve import TrainingRows, log_odds, stack_features, stack_reached

T = TypeVar("T")
PASSES: Final = 2  # over the blocks


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
    t: TrainingRows, model: Model, count: int, *, hold_out: bool
) -> tuple[Iterator[StackedRows], Floats]:
    """The stacked rows in at most `count` blocks, and where each grid point starts."""
    grid = np.array(model["grid"])
    row, step, above = stack_reached(t.labels, grid)
    weight, not_held_out = t.weight[row], t.not_held_out[row].astype(np.float64)
    # Starting each threshold at its own frequency keeps shrinkage from pulling the rare ones up
    # or down to the common ones: trees only say how an hour differs.
    start = log_odds(step, above, weight * not_held_out if hold_out else weight, len(grid))
    blocks = (np.flatnonzero(t.block_id[row] % count == k) for k in range(count))
    return (
        StackedRows(
            stack_features(t.x, t.row[row[at]], np.log(grid)[step[at]]),
            above[at],
            count * weight[at],  # each block stands for all rows
            start[step[at]],
            not_held_out[at],
        )
        for at in blocks
        if len(at)
    ), start


def quantised(
    rows: StackedRows, model: Model, threads: int, ref: xgb.QuantileDMatrix | None
) -> xgb.QuantileDMatrix:
    """With the bins of `ref`, if given."""
    return xgb.QuantileDMatrix(
        rows.x,
        rows.above,
        weight=rows.weight,
        base_margin=rows.margin,
        max_bin=model["max_bin"],
        nthread=threads,
        ref=ref,
    )


def round_robin(blocks: Sequence[T], rounds: int) -> list[tuple[T, range]]:
    """Each block and the trees that it grows, PASSES times over all of them."""
    count = PASSES * len(blocks)
    edges = [k * rounds // count for k in range(count + 1)]
    return [(blocks[k % len(blocks)], range(*edges[k : k + 2])) for k in range(count)]


def row_blocks(
    t: TrainingRows, model: Model, count: int, *, hold_out: bool
) -> tuple[list[RowBlock], Floats]:
    """The blocks, laid out one at a time, and where each grid point starts."""
    rows, start = partition(t, model, count, hold_out=hold_out)
    made: list[RowBlock] = []
    for of in rows:
        data = quantised(of, model, model["threads"], made[0].data if made else None)
        made.append(RowBlock(data, of.weight, of.not_held_out))
    return made, start
