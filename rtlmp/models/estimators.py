"""The estimators, by the name they have in the config. A new one is one function and one row."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models import boosted, lightgbm, logistic
from rtlmp.models.curve import TrainingRows
from rtlmp.models.fitted import Fitted

FitFunction: TypeAlias = Callable[
    [TrainingRows, Model, int, int], Fitted
]  # seed, trees of the gate
CurveFunction: TypeAlias = Callable[
    [Fitted, Matrix, Model, int], Floats
]  # first trees only, 0: all


class Estimator(NamedTuple):
    fit: FitFunction
    curve: CurveFunction


ESTIMATORS: Final[dict[str, Estimator]] = {
    "hazard": Estimator(boosted.fit_hazard, boosted.hazard_curve),
    "forest": Estimator(boosted.fit_forest, boosted.forest_curve),
    "separate": Estimator(boosted.fit_separate, boosted.separate_curve),
    "lightgbm": Estimator(lightgbm.fit_lightgbm, lightgbm.lightgbm_curve),
    "logistic": Estimator(logistic.fit_logistic, logistic.logistic_curve),
}


def fit(t: TrainingRows, model: Model, seed: int, gate_trees: int = 0) -> Fitted:
    """`model["estimator"]` fitted; its first `gate_trees` trees do not see the rows held out."""
    return ESTIMATORS[model["estimator"]].fit(t, model, seed, gate_trees)


def threshold_curve(of: Fitted, x: Matrix, model: Model, trees: int = 0) -> Floats:
    """P(highest > grid point), never rising along the grid: (rows, grid)."""
    return ESTIMATORS[model["estimator"]].curve(of, x, model, trees)
