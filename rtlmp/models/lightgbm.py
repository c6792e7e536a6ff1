"""The continuation ratios in LightGBM: gate trees on rows not held out, the remaining on all."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models import curve
from rtlmp.models.curve import Fitted, State, TrainingRows

if TYPE_CHECKING:  # imported where used: half a second that no other estimator should pay
    import lightgbm as lgb

REMAINING_TREES: Final = "remaining_trees"
GATE_TREES: Final = "gate_trees"


def fit_lightgbm(t: TrainingRows, model: Model, seed: int, gate_trees: int) -> Fitted:
    """`model["rounds"]` trees; the first `gate_trees` do not see the rows held out."""
    grid = np.array(model["grid"])
    row, step, above, weight = curve.stack_reached(t, model)
    gate_weight = weight * t.not_held_out[row] if gate_trees else weight
    start = curve.log_odds(step, above, gate_weight, len(grid))
    x = curve.stack_features(t.x, t.row[row], np.log(grid)[step])
    first = _grown(x, above, gate_weight, start[step], model, seed, gate_trees or model["rounds"])
    state: State = {"start": start.tolist(), GATE_TREES: first.model_to_string()}
    if gate_trees:
        margin = start[step] + np.asarray(first.predict(x, raw_score=True))
        rest = _grown(x, above, weight, margin, model, seed + 1, model["rounds"] - gate_trees)
        state[REMAINING_TREES] = rest.model_to_string()
    return Fitted(None, state)


def lightgbm_curve(of: Fitted, x: Matrix, model: Model, trees: int) -> Floats:
    """P(highest > grid point) by the gate trees alone, or (trees 0) by all: (rows, grid)."""
    rows = curve.at_every_threshold(x, np.array(model["grid"]))
    margin = np.repeat(np.array(of.state["start"], dtype=np.float64), len(x))
    for name in (GATE_TREES,) if trees else (GATE_TREES, REMAINING_TREES):
        if name in of.state:
            booster = _opened(str(of.state[name]))
            odds = booster.predict(rows, raw_score=True, num_threads=model["threads"])
            margin += np.asarray(odds)
    each = curve.sigmoid(margin).reshape(len(model["grid"]), len(x))
    return np.multiply.accumulate(each, axis=0).T


def _grown(
    x: Matrix, above: Floats, weight: Floats, margin: Floats, model: Model, seed: int, rounds: int
) -> "lgb.Booster":
    import lightgbm as lgb

    seen, params = weight > 0, _parameters(model, seed)
    data = lgb.Dataset(
        x[seen], above[seen], weight=weight[seen], init_score=margin[seen], params=params
    )
    return lgb.train(params, data, rounds)


def _parameters(model: Model, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "boost_from_average": False,
        "learning_rate": model["learning_rate"],
        "num_leaves": 2 ** model["max_depth"],
        "max_depth": model["max_depth"],
        "max_bin": model["max_bin"],
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
