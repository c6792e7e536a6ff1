"""The least that a training and a forecast can be: XGBoost's own calls on matrices in memory.

Of networks and lines scikit-learn's, and their forecasts are left out.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from unittest.mock import patch

import numpy as np
import xgboost as xgb

from rtlmp.asof.vintages import Archive, Floats, Matrix
from rtlmp.config import Config
from rtlmp.config.model import EstimatorName, Model
from rtlmp.features.history import HistoryRows
from rtlmp.models.boosted import StackedRows, parameters, partition, quantised, round_robin
from rtlmp.models.curve import Fitted, TrainingRows, at_every_threshold
from rtlmp.models.network import Layers, fit_layers, hidden_layers, slopes
from rtlmp.models.training import train

LEARNERS: Final = {EstimatorName.NETWORK: hidden_layers, EstimatorName.LOGISTIC: slopes}
BARE: Final = [EstimatorName.HAZARD.value, *(name.value for name in LEARNERS)]
NONE: Final = np.empty(0)


class Task(NamedTuple):
    """One training, laid out as ours lays it out: the parts that trees learn from by turns."""

    parts: list[StackedRows]
    model: Model
    seed: int


def tasks(history: Sequence[HistoryRows], prices: Archive, config: Config, day: date) -> list[Task]:
    """What the model dated `day` is fitted on: the very rows that ours takes."""
    caught: list[Task] = []

    def keep(x: Matrix, above: Floats, weight: Floats, model: Model, seed: int) -> Layers:
        caught.append(Task([StackedRows(x, above, weight, NONE, NONE)], model, seed))
        return []

    def catch(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
        if model["estimator"] in LEARNERS:
            return fit_layers(t, model, seed, keep)
        if model["estimator"] != EstimatorName.HAZARD:
            raise ValueError(f"{model['estimator']}: the bare loop knows {BARE} only")
        rows, _start = partition(t, model, model["row_blocks"], hold_out=False)
        caught.append(Task(list(rows), model, seed))
        return Fitted(None, {})

    with patch("rtlmp.models.training.fit", catch):
        train(history, prices, config, day)
    return caught


def fit(task: Task, threads: int) -> xgb.Booster | None:
    """Quantise and boost, nothing else; or what scikit-learn does."""
    if learn := LEARNERS.get(task.model["estimator"]):
        ((x, above, weight, *_),) = task.parts
        learn(x, above, weight, task.model, task.seed)
        return None
    data: list[xgb.QuantileDMatrix] = []
    model: Model = {**task.model, "threads": threads}
    for part in task.parts:
        data.append(quantised(part, model, data[0] if data else None))
    chosen = parameters(model, task.seed)
    (rows, trees), *rest = round_robin(data, task.model["rounds"])
    booster = xgb.train(chosen, rows, len(trees))
    for rows, trees in rest:
        booster = xgb.train(chosen, rows, len(trees), xgb_model=booster)
    return booster


class Ask(NamedTuple):
    """The rows that one issue date's forecast asks of each model that serves it."""

    models: list[str]  # dates
    x: Matrix  # every row at every grid point


def ask(history: Sequence[HistoryRows], at: int, models: list[str], grid: Sequence[float]) -> Ask:
    """Of the issue time `at`, us since 1970."""
    x = np.concatenate([part.x[part.issued == at] for part in history])
    return Ask(models, at_every_threshold(x, np.array(grid)))
