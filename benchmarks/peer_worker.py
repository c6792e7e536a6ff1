"""One peer's backtest, in the peers' own environment: `peer_worker.py NAME task.npz` -> seconds.

Each takes hourly series of the price's class (how many thresholds the hour's price passed) and
the hour's features as known covariates, and forecasts 72 hours after a gap of 14.
"""

import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from xgboost import XGBClassifier

GAP, HORIZON, DAY = 14, 72, 24


class Task(NamedTuple):
    x: npt.NDArray[np.float32]  # (nodes, hours, features)
    y: npt.NDArray[np.int64]  # (nodes, hours): thresholds passed
    hours: pd.DatetimeIndex
    names: list[str]
    origins: int  # a day apart, the last one's horizon ending with the data
    train: int  # hours a model learns from
    every: int  # origins between refits
    model: dict[str, Any]  # of XGBClassifier


def opened(path: str) -> Task:
    with np.load(path) as held:
        said = json.loads(str(held["said"]))
        hours = pd.date_range(pd.Timestamp(said.pop("start")), periods=held["y"].shape[1], freq="h")
        names = [f"f{k}" for k in range(held["x"].shape[2])]
        return Task(held["x"], held["y"], hours, names, **said)


def skforecast(task: Task) -> int:
    """A forecaster a node: its classifier takes one series. Recursive, one lag, its least."""
    from skforecast.model_selection import TimeSeriesFold, backtesting_forecaster
    from skforecast.recursive import ForecasterRecursiveClassifier

    rows = 0
    for x, y in zip(task.x, task.y, strict=True):
        covariates = pd.DataFrame(x, task.hours, task.names)
        cv = TimeSeriesFold(
            steps=HORIZON,
            gap=GAP,
            initial_train_size=task.train,
            fold_stride=DAY,
            refit=task.every,
            fixed_train_size=True,
            allow_incomplete_fold=False,
            verbose=False,
        )
        forecaster = ForecasterRecursiveClassifier(XGBClassifier(**task.model), lags=1)
        _, said = backtesting_forecaster(
            forecaster,
            pd.Series(y, task.hours),
            cv,
            "accuracy_score",
            covariates,
            show_progress=False,
            suppress_warnings=True,
        )
        rows += len(said)
    return rows


class Above(XGBClassifier):
    """P(more than `rung` thresholds passed) where mlforecast asks for a value."""

    def __init__(self, rung: int = 0, **of: Any) -> None:  # noqa: ANN401
        super().__init__(**of)
        self.rung = rung

    def fit(self, x: Any, y: Any, **of: Any) -> "Above":  # noqa: ANN401
        return super().fit(x, np.asarray(y) > self.rung, **of)

    def predict(self, x: Any, **_: Any) -> Any:  # noqa: ANN401
        return self.predict_proba(x)[:, 1]


def mlforecast(task: Task) -> int:
    """Pooled, a model a threshold; the gap is the first 14 of 86 recursive hours; one lag."""
    from mlforecast import MLForecast

    nodes, hours, features = task.x.shape
    frame = pd.DataFrame(task.x.reshape(-1, features), columns=task.names).assign(
        unique_id=np.repeat(np.arange(nodes), hours),
        ds=np.tile(task.hours, nodes),
        y=task.y.reshape(-1).astype(np.float64),
    )
    models = {f"above{k}": Above(rung=k, **task.model) for k in range(task.y.max())}
    said = MLForecast(models, freq="h", lags=[1]).cross_validation(
        frame,
        n_windows=task.origins,
        h=GAP + HORIZON,
        step_size=DAY,
        static_features=[],
        dropna=False,
        refit=task.every,
        input_size=task.train,
    )
    first = said["cutoff"] + pd.Timedelta(hours=GAP)
    return int((said["ds"] > first).sum())


def darts(task: Task) -> int:
    """Pooled, one model for all hours (`multi_models=False`): 72 of them take 72 times as long."""
    from darts import TimeSeries
    from darts.models import XGBClassifierModel

    series = [TimeSeries.from_times_and_values(task.hours, y.astype(np.float32)) for y in task.y]
    known = [TimeSeries.from_times_and_values(task.hours, x) for x in task.x]
    model = XGBClassifierModel(
        lags=[-1],
        lags_future_covariates=[HORIZON - 1],  # that of the hour forecast, when one serves all
        output_chunk_length=HORIZON,
        output_chunk_shift=GAP,
        multi_models=False,
        **task.model,
    )
    said = model.historical_forecasts(
        series,
        future_covariates=known,
        forecast_horizon=HORIZON,
        train_length=task.train,
        start=-(task.origins - 1) * DAY - HORIZON - GAP,
        start_format="position",
        stride=DAY,
        retrain=task.every,
        apply_globally=True,
        last_points_only=False,
        predict_likelihood_parameters=True,
        show_warnings=False,
    )
    return sum(len(one) for of in said for one in of)


PEERS: dict[str, Callable[[Task], int]] = {
    "skforecast": skforecast,
    "mlforecast": mlforecast,
    "darts": darts,
}


def main() -> None:
    name, path = sys.argv[1:]
    task = opened(path)
    warnings.simplefilter("ignore")
    importlib.import_module(name)  # not counted
    start = time.perf_counter()
    rows = PEERS[name](task)
    took = time.perf_counter() - start
    nodes = len(task.x)
    if rows != task.origins * nodes * HORIZON:
        raise SystemExit(f"{name}: {rows} rows, want {task.origins} x {nodes} x {HORIZON}")
    print(took)


if __name__ == "__main__":
    os.environ["TQDM_DISABLE"] = "1"
    main()
