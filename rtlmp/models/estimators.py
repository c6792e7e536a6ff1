"""The estimators, by name. A new one is a module, its name in `EstimatorName` and a row here."""

from collections.abc import Callable
from typing import Final, NamedTuple

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import EstimatorName, Model
from rtlmp.models import boosted, lightgbm, logistic
from rtlmp.models.curve import Fitted, TrainingRows


class Estimator(NamedTuple):
    """What `fit` and `threshold_curve` below call, with the same arguments."""

    fit: Callable[[TrainingRows, Model, int, int], Fitted]
    curve: Callable[[Fitted, Matrix, Model, int], Floats]


ESTIMATORS: Final[dict[EstimatorName, Estimator]] = {
    EstimatorName.HAZARD: Estimator(boosted.fit_hazard, boosted.hazard_curve),
    EstimatorName.FOREST: Estimator(boosted.fit_forest, boosted.forest_curve),
    EstimatorName.SEPARATE: Estimator(boosted.fit_separate, boosted.separate_curve),
    EstimatorName.LIGHTGBM: Estimator(lightgbm.fit_lightgbm, lightgbm.lightgbm_curve),
    EstimatorName.LOGISTIC: Estimator(logistic.fit_logistic, logistic.logistic_curve),
}


def fit(t: TrainingRows, model: Model, seed: int, gate_trees: int = 0) -> Fitted:
    """`model["estimator"]` fitted; its first `gate_trees` trees do not see the rows held out."""
    return ESTIMATORS[model["estimator"]].fit(t, model, seed, gate_trees)


def threshold_curve(of: Fitted, x: Matrix, model: Model, trees: int = 0) -> Floats:
    """P(highest > grid point), never rising along the grid, by the first `trees` (0: all):
    (rows, grid)."""
    return ESTIMATORS[model["estimator"]].curve(of, x, model, trees)
