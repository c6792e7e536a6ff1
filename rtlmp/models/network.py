"""Layers of weights: logistic regression, and networks of rectified units.

Both read standardised features, which of them are missing, and the grid point. A regression is one
layer. Networks are smooth where trees have steps. The whole state is tables of numbers.
"""

from collections.abc import Callable
from math import ceil
from typing import Final, TypeAlias

import numpy as np

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models.curve import Fitted, TrainingRows, log_odds, sigmoid, stack_reached

Layers: TypeAlias = list[Floats]  # (inputs + 1, units) each, biases last
Learner: TypeAlias = Callable[[Matrix, Floats, Floats, Model, int], Layers]  # rows, above, weight
FAR: Final = 5.0  # standard deviations at which a feature is cut off
STEP: Final = 512  # rows of one step of Adam
FEWEST: Final = 300  # steps: of few rows more passes are made
DIGITS: Final = 6  # of the weights kept
LAYERS, MOMENTS = "layers", "moments"  # keys of the state


def fit_logistic(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """The continuation ratios as one logistic regression: shared slopes, intercepts apart."""
    return fit_layers(t, model, seed, slopes)


def fit_network(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """The continuation ratios as one network."""
    return fit_layers(t, model, seed, hidden_layers)


def layered_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    z, shared, own, others = opened(of, x)
    units = _times(z, shared)
    ratios = [_output(others, units + each) for each in own]
    return np.multiply.accumulate(ratios, axis=0).T


def opened(of: Fitted, x: Matrix) -> tuple[Floats, Floats, Floats, Layers]:
    """Inputs of the rows, weights of these, of the grid points with biases, and other layers."""
    first, *others = [np.array(layer, np.float64) for layer in of.state[LAYERS]]
    z = _inputs(x, *np.array(of.state[MOMENTS], np.float64)).astype(np.float64)
    return z, first[: z.shape[1]], first[z.shape[1] : -1] + first[-1], others


def fit_layers(t: TrainingRows, model: Model, seed: int, learn: Learner) -> Fitted:
    """On the rows of the first of the `row_blocks`, which hold each hour."""
    from sklearn.preprocessing import StandardScaler  # slow to import

    t, points = t.gate_rows(), len(model["grid"])
    t = t.at(np.flatnonzero(t.block_id % model["row_blocks"] == 0))
    row, step, above, weight = stack_reached(t, model)
    x = t.x[t.row]
    found = StandardScaler().fit(np.where(np.isnan(x).all(axis=0), 0, x))
    z = _inputs(x, found.mean_, found.scale_)
    if above.all() or not above.any():  # there are none to tell apart
        odds = log_odds(step, above, weight, points)
        layers = [np.concatenate([np.zeros(z.shape[1]), odds, [0.0]])[:, None]]
    else:
        rows = np.column_stack([z[row], np.eye(points, dtype=np.float32)[step]])
        layers = learn(rows, above, weight, model, seed)
    kept = [of.astype(np.float64).round(DIGITS).tolist() for of in layers]
    return Fitted(None, {MOMENTS: [found.mean_.tolist(), found.scale_.tolist()], LAYERS: kept})


def slopes(rows: Matrix, above: Floats, weight: Floats, model: Model, _: int) -> Layers:
    """`reg_lambda` is the L2 penalty of all rows together."""
    from sklearn.linear_model import LogisticRegression  # slow to import

    fit = LogisticRegression(C=1 / model["reg_lambda"], fit_intercept=False, max_iter=200, tol=1e-3)
    return [np.append(fit.fit(rows, above, sample_weight=weight).coef_, 0.0)[:, None]]


def hidden_layers(rows: Matrix, above: Floats, weight: Floats, model: Model, seed: int) -> Layers:
    """`rounds` are passes over the rows, of few more; `reg_lambda` is the L2 penalty of a step."""
    from sklearn.neural_network import MLPClassifier  # slow to import

    size, rate = min(STEP, len(rows)), model["learning_rate"]
    chosen = {"batch_size": size, "learning_rate_init": rate, "random_state": seed}
    fit = MLPClassifier(model["units"], alpha=model["reg_lambda"], **chosen)
    for _ in range(max(model["rounds"], ceil(FEWEST * STEP / len(rows)))):
        fit.partial_fit(rows, above, classes=[0, 1], sample_weight=weight)
    return [np.vstack(of) for of in zip(fit.coefs_, fit.intercepts_, strict=True)]


def _output(layers: Layers, units: Floats) -> Floats:
    for layer in layers:
        units = _times(np.maximum(units, 0), layer[:-1]) + layer[-1]
    return sigmoid(units[:, 0])


def _times(a: Floats, b: Floats) -> Floats:
    """Their product, each row by itself: the last bits of `a @ b` depend on its company."""
    return np.asarray(np.einsum("ri,iu->ru", a, b))


def _inputs(x: Matrix, mean: Floats, scale: Floats) -> Matrix:
    """(rows, 2 x features): in standard deviations, 0 where unknown, and which are."""
    z = (x.astype(np.float64) - mean) / scale
    return np.column_stack([np.clip(np.nan_to_num(z), -FAR, FAR), np.isnan(x)]).astype(np.float32)
