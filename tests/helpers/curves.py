"""Rows to train on of a world whose curve P(highest > x) is known."""

import numpy as np
from scipy.special import expit

from rtlmp.asof.labels import Labels
from rtlmp.config import parse_config
from rtlmp.models.curve import TrainingRows
from tests.helpers.build import settings

GRID = [25, 50, 100, 200, 400]


def model(estimator: str, **change):
    small = {"grid": GRID, "rounds": 60, "learning_rate": 0.1, "max_depth": 3, "threads": 1}
    small |= {"min_child_weight": 5, "reg_lambda": 1, "subsample": 1.0, "colsample_bytree": 1.0}
    small |= {"base_rate_share": 0.0}
    if estimator == "network":
        small |= {"rounds": 20, "learning_rate": 0.003, "row_blocks": 1}
    config = parse_config(
        settings(thresholds=[50, 100], model={**small, "estimator": estimator, **change})
    )
    return config["model"]


def truth(x: np.ndarray, threshold: float) -> np.ndarray:
    """P(price > threshold) of a world where ln price is logistic around 3 + x."""
    return expit((3 + x[:, 0] - np.log(threshold)) / 0.6)


def world(rows: int, seed: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    highest = np.exp(3 + x[:, 0] + 0.6 * rng.logistic(size=rows))
    return x, highest


def whole_hours(highest: np.ndarray) -> Labels:
    """Hours of which no interval is missing."""
    absent = np.full(len(highest), np.nan)
    return Labels(highest, absent, absent, np.ones(len(highest)))


def training(rows: int, seed: int, early: float = 1.0) -> TrainingRows:
    """The first share `early` of the rows is old enough for the gate_trees."""
    x, highest = world(rows, seed)
    seen = whole_hours(highest)
    each = np.arange(rows)
    return TrainingRows(x, each, seen, np.zeros(rows), each < early * rows, each)
