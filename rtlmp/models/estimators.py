"""The estimators, by name. A new one is a module, its name in `EstimatorName` and a row here."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import EstimatorName, Model
from rtlmp.models import boosted, network
from rtlmp.models.curve import Fitted, TrainingRows, base_rates

BASE: Final = "base"  # base rates, by grid point
LONG: Final = 730  # days: in young markets lines and networks do harm


class Estimator(NamedTuple):
    """What `fit` and `threshold_curve` below call, with the same arguments."""

    fit: Callable[[TrainingRows, Model, int, int], Fitted]
    curve: Callable[[Fitted, Matrix, Model, int], Floats]
    full_days: int = 0  # that rows were issued on; a member weighs by the cube of its share


ESTIMATORS: Final[dict[EstimatorName, Estimator]] = {
    EstimatorName.HAZARD: Estimator(boosted.fit_hazard, boosted.hazard_curve),
    EstimatorName.SEPARATE: Estimator(boosted.fit_separate, boosted.separate_curve),
    EstimatorName.LOGISTIC: Estimator(network.fit_logistic, network.layered_curve, LONG),
    EstimatorName.NETWORK: Estimator(network.fit_network, network.layered_curve, LONG),
}


def fit(t: TrainingRows, model: Model, seed: int, gate_trees: int = 0) -> Fitted:
    """`model["estimator"]` fitted; its first `gate_trees` trees do not see the rows held out."""
    of = ESTIMATORS[model["estimator"]].fit(t, model, seed, gate_trees)
    return of._replace(state={**of.state, BASE: base_rates(t.gate_rows(), model).tolist()})


def threshold_curve(of: Fitted, x: Matrix, model: Model, trees: int = 0) -> Floats:
    """P(highest > grid point), never rising along the grid, by the first `trees` (0: all):
    (rows, grid). A share of it is the base rate: some spikes no feature foretells."""
    own = ESTIMATORS[model["estimator"]].curve(of, x, model, trees)
    share = model["base_rate_share"]
    return (1 - share) * own + share * np.array(of.state[BASE], dtype=np.float64)
