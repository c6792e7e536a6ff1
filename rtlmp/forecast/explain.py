"""Which features moved each probability: TreeSHAP of the booster itself, exact on ln P.

TreeSHAP (Lundberg et al. 2020) splits the log odds m of a grid point, given the one below, into an
expectation b and a share for every feature. ln sigma(m) - ln sigma(b) is divided among features in
proportion (the secant), grid points add up to ln P(> x), and between them ln P is linear in ln x:
shares stay exact all the way.
Of several models the mean share is taken, which explains their geometric mean, uncalibrated and
without `base_rate_share`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
import xgboost as xgb
from pandera.typing import DataFrame
from scipy.special import log_expit

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import EstimatorName
from rtlmp.features.matrix import DESIGN
from rtlmp.forecast.forecast import NodeFeatures
from rtlmp.models.curve import Fitted, at_every_threshold, grid_position
from rtlmp.models.store import Trained
from rtlmp.schemas.core import Features, HorizonRows
from rtlmp.schemas.evaluation import Drivers

START: Final = "usual"  # where the model starts: its mean, at this threshold
# estimators in trees of the chance to pass each grid point once the one below is passed
EXPLAINED: Final = (EstimatorName.FOREST, EstimatorName.HAZARD)


def explain(
    models: Sequence[Trained], features: NodeFeatures, at: datetime, thresholds: list[float]
) -> DataFrame[Drivers]:
    """A row a node, hour, threshold and feature, of the forecast issued at `at`.

    Raises ValueError where no member of the models is of EXPLAINED.
    """
    tables = [
        _table(rows, node, thresholds, _mean_shares(models, rows, thresholds))
        for node, of in features.items()
        for rows in [of[of[HorizonRows.issue_time] == at]]
    ]
    return Drivers.validate(pd.concat(tables, ignore_index=True))


def shares(of: Fitted, x: Matrix, grid: list[float], thresholds: list[float]) -> Floats:
    """Of ln P(> threshold): (thresholds, rows, features + 1), the start last."""
    start = np.array(of.state["start"], dtype=np.float32).repeat(len(x))
    data = xgb.DMatrix(at_every_threshold(x, np.array(grid)), base_margin=start)
    split = of.boosted().predict(data, pred_contribs=True, strict_shape=True)[:, 0]
    each = split.astype(np.float64).reshape(len(grid), len(x), -1)
    own, begin = each[..., :-2], each[..., -2:].sum(axis=-1)  # ln x belongs to the start
    moved = own.sum(axis=-1)
    slope = (log_expit(begin + moved) - log_expit(begin)) / np.where(moved == 0, 1, moved)
    steps = np.concatenate([own * slope[..., None], log_expit(begin)[..., None]], axis=-1)
    sums, (left, fraction) = np.cumsum(steps, axis=0), grid_position(grid, thresholds)
    fraction = fraction[:, None, None]
    return (1 - fraction) * sums[left] + fraction * sums[left + 1]


def _mean_shares(
    models: Sequence[Trained], rows: DataFrame[Features], thresholds: list[float]
) -> Floats:
    x = rows[DESIGN].to_numpy(np.float32)
    each, estimators = [], set()
    for model in models:
        for fitted, of in zip(model.members, model.card["members"], strict=True):
            estimators.add(str(of["model"]["estimator"]))
            if of["model"]["estimator"] in EXPLAINED:
                each.append(shares(fitted, x, of["model"]["grid"], thresholds))
    if not each:
        explained = [name.value for name in EXPLAINED]
        raise ValueError(f"explained are {explained}; these models are {sorted(estimators)}")
    return np.mean(each, axis=0)


def _table(
    rows: DataFrame[Features], node: str, thresholds: list[float], shares: Floats
) -> pd.DataFrame:
    names, count = [*DESIGN, START], len(DESIGN) + 1
    readings = np.column_stack([rows[DESIGN].to_numpy(np.float64), np.full(len(rows), np.nan)])
    horizon = rows[[Drivers.valid_time, Drivers.lead_hour]]
    repeated = horizon.loc[horizon.index.repeat(count)]
    whole = pd.concat([repeated] * len(thresholds), ignore_index=True)
    whole[Drivers.location] = node
    whole[Drivers.threshold] = np.repeat(np.array(thresholds, float), len(rows) * count)
    whole[Drivers.feature] = np.tile(np.array(names, object), len(rows) * len(thresholds))
    whole[Drivers.reading] = np.tile(readings.ravel(), len(thresholds))
    whole[Drivers.effect] = shares.ravel()
    return whole
