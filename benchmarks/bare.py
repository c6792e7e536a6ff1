"""The least that a training and a forecast can be: XGBoost's own calls on matrices in memory."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import xgboost as xgb

from rtlmp.archive import Archive, Floats, Matrix
from rtlmp.config import Config, Model
from rtlmp.history import Rows
from rtlmp.models.boosted import parameters
from rtlmp.models.fitted import Fitted
from rtlmp.models.ladder import Training, beside, log_odds, stack_reached, stacked
from rtlmp.training import train


class Task(NamedTuple):
    """One training, laid out as `hazard` lays it out."""

    x: Matrix  # the features of a row and ln of the price asked, rows stacked
    above: Floats
    weight: Floats
    margin: Floats
    model: Model
    seed: int


def tasks(history: Sequence[Rows], prices: Archive, config: Config, day: date) -> list[Task]:
    """What the members of the model dated `day` are fitted on: the very rows that ours takes."""
    caught: list[Task] = []

    def catch(t: Training, model: Model, seed: int, _: int) -> Fitted:
        caught.append(_task(t, model, seed))
        return Fitted(None, {})

    with patch("rtlmp.training.fit", catch):
        train(history, prices, config, day)
    return caught


def _task(t: Training, model: Model, seed: int) -> Task:
    if model["estimator"] != "hazard":
        raise ValueError(f"{model['estimator']}: the bare loop knows `hazard` only")
    grid = np.array(model["grid"])
    row, step, above = stack_reached(t.labels, grid)
    start = log_odds(step, above, t.weight[row], len(grid))
    return Task(
        stacked(t.x, row, np.log(grid)[step]), above, t.weight[row], start[step], model, seed
    )


def fit(task: Task, threads: int) -> xgb.Booster:
    """Quantise and boost, nothing else."""
    data = xgb.QuantileDMatrix(
        task.x,
        task.above,
        weight=task.weight,
        base_margin=task.margin,
        max_bin=task.model["max_bin"],
        nthread=threads,
    )
    chosen = {**parameters(task.model, task.seed), "nthread": threads}
    return xgb.train(chosen, data, task.model["rounds"])


class Ask(NamedTuple):
    """The rows that one issue date's forecast asks of each model that serves it."""

    models: list[str]  # dates
    x: Matrix  # every row at every grid point


def ask(history: Sequence[Rows], at: int, models: list[str], grid: Sequence[float]) -> Ask:
    """Of the issue time `at`, us since 1970."""
    x = np.concatenate([part.x[part.issued == at] for part in history])
    return Ask(models, beside(x, np.array(grid)))
