"""The hazard ladder in LightGBM: a trunk of trees on the early rows, a crown on all of them."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from rtlmp.archive import Floats, Matrix
from rtlmp.config import Model
from rtlmp.models.fitted import Fitted, State, numbers
from rtlmp.models.ladder import Training, beside, log_odds, product, share, stack_reached, stacked

if TYPE_CHECKING:  # imported where used: half a second that no other estimator should pay
    import lightgbm as lgb

Parameters: TypeAlias = dict[str, str | int | float | bool]
CROWN: Final = "crown"
TRUNK: Final = "trunk"


def light(t: Training, model: Model, seed: int, trunk: int) -> Fitted:
    """`model["rounds"]` trees; the first `trunk` see only the early rows, the rest see all."""
    grid = np.array(model["grid"])
    row, step, above = stack_reached(t.labels, grid)
    weight = t.weight[row]
    early = weight * t.early[row] if trunk else weight
    start = log_odds(step, above, early, len(grid))
    x = stacked(t.x, t.row[row], np.log(grid)[step])
    first = _grown(x, above, early, start[step], model, seed, trunk or model["rounds"])
    state: State = {"start": numbers(start), TRUNK: first.model_to_string()}
    if trunk:
        margin = start[step] + np.asarray(first.predict(x, raw_score=True))
        rest = _grown(x, above, weight, margin, model, seed + 1, model["rounds"] - trunk)
        state[CROWN] = rest.model_to_string()
    return Fitted(None, state)


def light_curve(of: Fitted, x: Matrix, model: Model, trees: int) -> Floats:
    """P(highest > grid point) by the trunk alone, or (trees 0) by all: (rows, grid)."""
    grid = np.array(model["grid"])
    margin = np.repeat(np.array(of.state["start"], dtype=np.float64), len(x))
    for part in (TRUNK,) if trees else (TRUNK, CROWN):
        if part in of.state:
            booster = _opened(str(of.state[part]))
            margin += np.asarray(
                booster.predict(beside(x, grid), raw_score=True, num_threads=model["threads"])
            )
    return product(share(margin).reshape(len(grid), len(x))).T


def _grown(
    x: Matrix, above: Floats, weight: Floats, margin: Floats, model: Model, seed: int, rounds: int
) -> "lgb.Booster":
    import lightgbm as lgb

    kept = weight > 0
    data = lgb.Dataset(
        x[kept],
        above[kept],
        weight=weight[kept],
        init_score=margin[kept],
        params={"max_bin": model["max_bin"], "num_threads": model["threads"], "verbosity": -1},
    )
    return lgb.train(_parameters(model, seed), data, rounds)


def _parameters(model: Model, seed: int) -> Parameters:
    return {
        "objective": "binary",
        "boost_from_average": False,
        "learning_rate": model["learning_rate"],
        "num_leaves": 2 ** model["max_depth"],
        "max_depth": model["max_depth"],
        "min_sum_hessian_in_leaf": model["min_child_weight"],
        "bagging_fraction": model["subsample"],
        "bagging_freq": 1,
        "feature_fraction": model["colsample_bytree"],
        "lambda_l2": model["reg_lambda"],
        "num_threads": model["threads"],
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


@lru_cache(maxsize=64)
def _opened(text: str) -> "lgb.Booster":
    import lightgbm as lgb

    return lgb.Booster(model_str=text)
