"""The estimators, by the name they have in the config. A new one is one function and one row."""

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from rtlmp.archive import Floats, Matrix
from rtlmp.config import Model
from rtlmp.models import boosted, light, plain
from rtlmp.models.fitted import Fitted
from rtlmp.models.ladder import Training

Fit: TypeAlias = Callable[[Training, Model, int, int], Fitted]  # seed, trees of the trunk
Curve: TypeAlias = Callable[[Fitted, Matrix, Model, int], Floats]  # first trees only, 0: all


class Estimator(NamedTuple):
    fit: Fit
    curve: Curve


ESTIMATORS: Final[dict[str, Estimator]] = {
    "hazard": Estimator(
        partial(boosted.boost, boosted.HAZARD), partial(boosted.boosted_curve, boosted.HAZARD)
    ),
    "stacked": Estimator(
        partial(boosted.boost, boosted.STACKED), partial(boosted.boosted_curve, boosted.STACKED)
    ),
    "forest": Estimator(boosted.grow, boosted.forest_curve),
    "separate": Estimator(boosted.separately, boosted.separate_curve),
    "lightgbm": Estimator(light.light, light.light_curve),
    "logistic": Estimator(plain.logistic, plain.logistic_curve),
    "climatology": Estimator(plain.climatology, plain.climatology_curve),
    "persistence": Estimator(plain.persistence, plain.persistence_curve),
}


def fit(t: Training, model: Model, seed: int, trunk: int = 0) -> Fitted:
    """`model["estimator"]` fitted; its first `trunk` trees learn from the early rows only."""
    return ESTIMATORS[model["estimator"]].fit(t, model, seed, trunk)


def survival(of: Fitted, x: Matrix, model: Model, trees: int = 0) -> Floats:
    """P(highest > grid point), never rising along the grid: (rows, grid)."""
    return ESTIMATORS[model["estimator"]].curve(of, x, model, trees)
