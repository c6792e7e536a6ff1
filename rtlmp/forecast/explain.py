"""Which features moved each probability: TreeSHAP of the booster itself, exact on ln P.

TreeSHAP (Lundberg et al. 2020) splits each rung's log odds m into an expectation b and a share
for every feature. ln sigma(m) - ln sigma(b) is spread over features in proportion (the secant),
rungs add up to ln P(> x), and ln P is linear between grid points: shares stay exact all the way.
Of several models the mean share is taken, which explains their geometric mean, uncalibrated.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import xgboost as xgb
from pandera.typing import DataFrame
from scipy.special import log_expit

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.features.matrix import DESIGN
from rtlmp.models.curve import at_every_threshold
from rtlmp.models.fitted import Fitted
from rtlmp.models.store import MemberCard, Trained
from rtlmp.schemas.core import Features, HorizonRows
from rtlmp.schemas.evaluation import Drivers

USUAL: Final = "usual"  # where the model starts: its mean, at this threshold
LADDERS: Final = frozenset({"hazard", "forest"})  # estimators whose rungs multiply


def explain(
    models: Sequence[Trained],
    features: Mapping[str, DataFrame[Features]],
    at: pd.Timestamp,
    thresholds: list[float],
) -> DataFrame[Drivers]:
    """A row a node, hour, threshold and feature, of the forecast issued at `at`.

    Raises ValueError where no member of the models is a ladder of boosted trees.
    """
    parts = [
        _table(rows, node, thresholds, _mean_shares(models, rows, thresholds))
        for node, table in features.items()
        for rows in [table[table[HorizonRows.issue_time] == at]]
    ]
    return Drivers.validate(pd.concat(parts, ignore_index=True))


def shares(of: Fitted, x: Matrix, grid: Floats, thresholds: list[float]) -> Floats:
    """Of ln P(> threshold): (thresholds, rows, features + 1), the start last."""
    start = np.array(of.state["start"], dtype=np.float32).repeat(len(x))
    data = xgb.DMatrix(at_every_threshold(x, grid), base_margin=start)
    split = of.boosted().predict(data, pred_contribs=True, strict_shape=True)[:, 0]
    each = split.astype(np.float64).reshape(len(grid), len(x), -1)
    own, begin = each[..., :-2], each[..., -2:].sum(axis=-1)  # ln x belongs to the start
    moved = own.sum(axis=-1)
    slope = (log_expit(begin + moved) - log_expit(begin)) / np.where(moved == 0, 1, moved)
    rungs = np.concatenate([own * slope[..., None], log_expit(begin)[..., None]], axis=-1)
    return _between(np.cumsum(rungs, axis=0), grid, thresholds)


def _between(sums: Floats, grid: Floats, thresholds: list[float]) -> Floats:
    """Linear in ln x, as the curve itself."""
    at = np.interp(np.log(thresholds), np.log(grid), np.arange(len(grid)))
    left = np.minimum(at.astype(np.intp), len(grid) - 2)
    part = (at - left)[:, None, None]
    return (1 - part) * sums[left] + part * sums[left + 1]


def _mean_shares(
    models: Sequence[Trained], rows: DataFrame[Features], thresholds: list[float]
) -> Floats:
    x = rows[DESIGN].to_numpy(np.float32)
    each = [
        shares(fitted, x, np.array(of["model"]["grid"]), thresholds)
        for fitted, of in _ladders(models)
    ]
    if not each:
        used = {of["model"]["estimator"] for m in models for of in m.card["members"]}
        raise ValueError(f"explained are {sorted(LADDERS)}; these models are {sorted(used)}")
    return np.mean(each, axis=0)


def _ladders(models: Sequence[Trained]) -> Iterator[tuple[Fitted, MemberCard]]:
    for model in models:
        for fitted, of in zip(model.members, model.card["members"], strict=True):
            if of["model"]["estimator"] in LADDERS:
                yield fitted, of


def _table(
    rows: DataFrame[Features], node: str, thresholds: list[float], shares: Floats
) -> pd.DataFrame:
    names, count = [*DESIGN, USUAL], len(DESIGN) + 1
    readings = np.column_stack([rows[DESIGN].to_numpy(np.float64), np.full(len(rows), np.nan)])
    asks = rows[[Drivers.valid_time, Drivers.lead_hour]]
    repeated = asks.loc[asks.index.repeat(count)]
    whole = pd.concat([repeated] * len(thresholds), ignore_index=True)
    whole[Drivers.location] = node
    whole[Drivers.threshold] = np.repeat(np.array(thresholds, float), len(rows) * count)
    whole[Drivers.feature] = np.tile(np.array(names, object), len(rows) * len(thresholds))
    whole[Drivers.reading] = np.tile(readings.ravel(), len(thresholds))
    whole[Drivers.effect] = shares.ravel()
    return whole
