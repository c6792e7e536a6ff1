"""Which features moved each probability: attributions of each member itself, exact on ln P.

The log odds m of a grid point, given the one below, are split into a start b and a share for every
feature: of trees by TreeSHAP (Lundberg et al. 2020), b an expectation; of networks and lines by
integrated gradients (Sundararajan et al. 2017), b the log odds of mean features. ln sigma(m) - ln
sigma(b) is divided among features in proportion (the secant), grid points add up to ln P(> x), and
between them ln P is linear in ln x: shares stay exact all the way.
Of several models the mean share is taken, which explains their geometric mean, uncalibrated and
without `base_rate_share`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import xgboost as xgb
from pandera.typing import DataFrame
from scipy.special import log_expit

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.clock import issue_time
from rtlmp.config.jobs import BacktestSettings
from rtlmp.config.model import EstimatorName
from rtlmp.evaluation.tables import Drivers
from rtlmp.features.matrix import FEATURES
from rtlmp.features.prices import price_at
from rtlmp.forecast.forecast import TIMES
from rtlmp.forecast.gate import Decisions, serving_models
from rtlmp.io.files import load_json
from rtlmp.io.tables import read_by_folder
from rtlmp.models.curve import Fitted, at_every_threshold, grid_position
from rtlmp.models.network import Layers, opened
from rtlmp.models.store import Trained, load_models
from rtlmp.schemas.core import Features, HorizonRows

MOST: Final = 3  # features named
UNITS: Final = {"MW": " GW", "degC": " °C"}
KNOWN: Final = {f.name: (f.about, f.unit) for f in FEATURES}
START: Final = "usual"  # where the model starts: its mean, at this threshold
STEPS: Final = 32  # of an integral
# estimators of the chance to pass each grid point once the one below is passed
EXPLAINED: Final = (EstimatorName.HAZARD, EstimatorName.LOGISTIC, EstimatorName.NETWORK)


class Issue(NamedTuple):
    """What the forecast of one node on one issue date was made of."""

    models: Sequence[Trained]
    rows: DataFrame[Features]  # of that issue time


def read_issues(given: Any, gate: str, config: BacktestSettings, day: date) -> dict[str, Issue]:  # noqa: ANN401
    """By node, of the models that `gate`, a file, let serve on `day`; `given`: named inputs."""
    models = serving_models(load_models(given.boosters, given.cards), load_json(gate, Decisions))
    features = read_by_folder(Features, given.features, config["nodes"])
    at = pd.Timestamp(issue_time(config, day))
    return {
        node: Issue(models[pool], table[table[HorizonRows.issue_time] == at])
        for pool, nodes in config["pools"].items()
        for node in nodes
        for table in [features[node]]
    }


def explain(node: str, issue: Issue, thresholds: list[float]) -> DataFrame[Drivers]:
    """A row a threshold, hour and feature.

    Raises ValueError where no member of the models is of EXPLAINED.
    """
    rows, count = issue.rows, issue.rows.shape[1] - len(TIMES) + 1
    horizon = rows.loc[rows.index.repeat(count), [Drivers.valid_time, Drivers.lead_hour]]
    readings = rows.drop(columns=TIMES).astype(np.float64).assign(**{START: np.nan})
    parts = [
        horizon.assign(
            **{
                Drivers.location: node,
                Drivers.threshold: float(x),
                Drivers.feature: [*readings] * len(rows),
                Drivers.reading: readings.to_numpy().ravel(),
                Drivers.effect: effects.ravel(),
            }
        )
        for x, effects in zip(thresholds, _mean_shares(issue, thresholds), strict=True)
    ]
    return Drivers.validate(pd.concat(parts, ignore_index=True))


def moved_most(issue: Issue, hours: Sequence[pd.Timestamp], threshold: float) -> list[str]:
    """Of each of `hours` the features that move its P(> `threshold`) most, in words: by what factor
    of that of the usual hour, and what they read; empty where no model tells."""
    members = [of["model"]["estimator"] for m in issue.models for of in m.card["members"]]
    if not {*members} & {*EXPLAINED}:
        return [""] * len(hours)
    rows = issue.rows.set_index(HorizonRows.valid_time).loc[[*hours]].reset_index()
    effects = _mean_shares(issue._replace(rows=rows), [threshold])[0, :, :-1]
    readings = rows.drop(columns=TIMES)
    return [
        "\n".join(_in_words(readings.columns[k], readings.iloc[i, k], of[k]) for k in strongest)
        for i, of in enumerate(effects)
        for strongest in [np.argsort(-np.abs(of), kind="stable")[:MOST]]
    ]


def shares(of: Fitted, x: Matrix, grid: list[float], thresholds: list[float]) -> Floats:
    """Of ln P(> threshold): (thresholds, rows, features + 1), the start last."""
    own, begin = _of_trees(of, x, grid) if of.booster else _of_layers(of, x)
    moved = own.sum(axis=-1)
    slope = (log_expit(begin + moved) - log_expit(begin)) / np.where(moved == 0, 1, moved)
    steps = np.concatenate([own * slope[..., None], log_expit(begin)[..., None]], axis=-1)
    sums, (left, fraction) = np.cumsum(steps, axis=0), grid_position(grid, thresholds)
    fraction = fraction[:, None, None]
    return (1 - fraction) * sums[left] + fraction * sums[left + 1]


def _of_trees(of: Fitted, x: Matrix, grid: list[float]) -> tuple[Floats, Floats]:
    """Shares of the log odds, (grid, rows, features), and where they start, (grid, rows)."""
    start = np.array(of.state["start"], dtype=np.float32).repeat(len(x))
    data = xgb.DMatrix(at_every_threshold(x, np.array(grid)), base_margin=start)
    split = of.boosted().predict(data, pred_contribs=True, strict_shape=True)[:, 0]
    each = split.astype(np.float64).reshape(len(grid), len(x), -1)
    return each[..., :-2], each[..., -2:].sum(axis=-1)  # ln x belongs to the start


def _of_layers(of: Fitted, x: Matrix) -> tuple[Floats, Floats]:
    """The same; a feature's is that of its value and that of whether it is missing."""
    z, shared, points, others = opened(of, x)
    units, (rows, features) = z @ shared, x.shape
    along = (np.arange(STEPS) + 0.5) / STEPS
    own, begin = np.empty((len(points), rows, features)), np.empty((len(points), rows))
    for k, point in enumerate(points):
        slopes = np.mean([_gradient(others, part * units + point)[0] for part in along], axis=0)
        split = z * (slopes @ shared.T)
        begin[k], end = (_gradient(others, part * units + point)[1] for part in (0, 1))
        missed = end - begin[k] - split.sum(axis=1)  # by the steps of the integral
        size = np.abs(split) + np.finfo(float).tiny
        split += size * (missed / size.sum(axis=1))[:, None]
        own[k] = split[:, :features] + split[:, features:]
    return own, begin


def _gradient(layers: Layers, units: Floats) -> tuple[Floats, Floats]:
    """Of the log odds by the first layer's `units`, (rows, units); and the log odds, (rows,)."""
    on = []
    for layer in layers:
        on.append(units > 0)
        units = np.maximum(units, 0) @ layer[:-1] + layer[-1]
    slopes = np.ones_like(units)
    for layer, active in zip(reversed(layers), reversed(on), strict=True):
        slopes = (slopes @ layer[:-1].T) * active
    return slopes, units[:, 0]


def _mean_shares(issue: Issue, thresholds: list[float]) -> Floats:
    x = issue.rows.drop(columns=TIMES).to_numpy(np.float32)
    each, weights, estimators = [], [], set()
    for model in issue.models:
        members = zip(model.members, model.card["members"], model.weights(), strict=True)
        for fitted, of, weight in members:
            estimators.add(str(of["model"]["estimator"]))
            if of["model"]["estimator"] in EXPLAINED:
                each.append(shares(fitted, x, of["model"]["grid"], thresholds))
                weights.append(weight)
    if not each:
        explained = [name.value for name in EXPLAINED]
        raise ValueError(f"explained are {explained}; these models are {sorted(estimators)}")
    return np.average(each, 0, weights)


def _in_words(name: str, reading: float, effect: float) -> str:
    about, unit = KNOWN.get(name, ("Hours ahead.", "h"))
    told = f"{reading:.3g}{UNITS.get(unit, '')}"
    if "evel of " in about:
        told = f"${price_at(reading):,.0f}"
    text = about.replace("Level of the ", "").removesuffix(".").removesuffix(", GW")
    return f"x {np.exp(effect):.2f} {text[0].lower()}{text[1:]}: {told.replace('nan', 'unknown')}"
