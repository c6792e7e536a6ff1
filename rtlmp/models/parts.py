"""The stacked rows of a training, dealt out to parts that trees learn from by turns.

A part holds each hour once, at one of its leads, and hours of every issue date: a third of the
rows, and nearly all of what they tell, for a third of the time; and the next tree corrects the
last on rows that it has not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

import numpy as np
import xgboost as xgb

from rtlmp.archive import Floats, Matrix
from rtlmp.config import Model
from rtlmp.labels import Labels
from rtlmp.models.ladder import Stack, Training, log_odds, stacked

T = TypeVar("T")
TURNS: Final = 2  # of each part of the rows


class Layout(NamedTuple):
    """`stack` lays out a training set; `curve` turns predictions (grid, rows) into exceedance."""

    stack: Callable[[Labels, Floats], Stack]
    curve: Callable[[Floats], Floats]
    monotone: int  # constraint on ln x


class Laid(NamedTuple):
    """Stacked rows that trees learn from together: (rows, features and ln x), (rows,) each."""

    x: Matrix
    above: Floats  # 1: the threshold was passed
    weight: Floats
    margin: Floats  # log odds to start from
    early: Floats  # 1: not held out


class Part(NamedTuple):
    """The same quantised, and what of them changes or is asked for again."""

    data: xgb.QuantileDMatrix
    weight: Floats
    early: Floats


def dealt(
    layout: Layout, t: Training, model: Model, count: int, *, hold_out: bool
) -> tuple[Iterator[Laid], Floats]:
    """The stacked rows in at most `count` parts by `t.turn`, and where each grid point starts."""
    grid = np.array(model["grid"])
    row, step, above = layout.stack(t.labels, grid)
    weight, early = t.weight[row], t.early[row].astype(np.float64)
    # Starting each threshold at its own frequency keeps shrinkage from pulling the rare ones up
    # or down to the common ones: trees only say how an hour differs.
    start = log_odds(step, above, weight * early if hold_out else weight, len(grid))
    parts = (np.flatnonzero(t.turn[row] % count == k) for k in range(count))
    return (
        Laid(
            stacked(t.x, t.row[row[at]], np.log(grid)[step[at]]),
            above[at],
            count * weight[at],  # each part stands for all rows
            start[step[at]],
            early[at],
        )
        for at in parts
        if len(at)
    ), start


def quantised(
    rows: Laid, model: Model, threads: int, ref: xgb.QuantileDMatrix | None
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


def turns(parts: Sequence[T], rounds: int) -> list[tuple[T, range]]:
    """Each turn's part and the trees that it grows."""
    count = TURNS * len(parts)
    edges = [k * rounds // count for k in range(count + 1)]
    return [(parts[k % len(parts)], range(*edges[k : k + 2])) for k in range(count)]


def parts_of(
    layout: Layout, t: Training, model: Model, count: int, *, hold_out: bool
) -> tuple[list[Part], Floats]:
    """Of the stacked rows, one laid out at a time, and where each grid point starts."""
    rows, start = dealt(layout, t, model, count, hold_out=hold_out)
    made: list[Part] = []
    for of in rows:
        data = quantised(of, model, model["threads"], made[0].data if made else None)
        made.append(Part(data, of.weight, of.early))
    return made, start
