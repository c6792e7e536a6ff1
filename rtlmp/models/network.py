"""Feed-forward networks of rectified units. Their whole state is tables of numbers.

They are smooth where trees have steps, and go on where trees have seen nothing; beside trees both
forecast better than either.
"""

from typing import Final

import numpy as np

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models.boosted import APART
from rtlmp.models.curve import Fitted, State, TrainingRows, log_odds, sigmoid, stack_reached
from rtlmp.models.logistic import moments, standard

STEP: Final = 512  # rows of one step of Adam
DIGITS: Final = 6  # of the weights kept
NETWORK: Final = "network_"  # and a number: key in the state of its layers
SEEDS: Final = 2**32


def fit_network(t: TrainingRows, model: Model, seed: int, _: int) -> Fitted:
    """The continuation ratios as the mean of networks, one for each of the `row_blocks`.

    Inputs are standardised features, whether each is missing, and the grid point. `rounds` are
    passes over the rows, `reg_lambda` is the L2 penalty of a step.
    """
    t = t.gate_rows()
    mean, deviation = moments(t.x[t.row])
    state: State = {"mean": mean.tolist(), "deviation": deviation.tolist()}
    for k in range(model["row_blocks"]):
        block = t.at(np.flatnonzero(t.block_id % model["row_blocks"] == k))
        if len(block.row):
            z = _inputs(block.x[block.row], mean, deviation)
            layers = _layers(block, z, model, (seed + k * APART) % SEEDS)
            state[f"{NETWORK}{k}"] = [of.astype(np.float64).round(DIGITS).tolist() for of in layers]
    return Fitted(None, state)


def _layers(t: TrainingRows, z: Matrix, model: Model, seed: int) -> list[Matrix]:
    """Weights of each layer of one network, its biases last: (inputs + 1, units)."""
    from sklearn.neural_network import MLPClassifier  # slow to import
    from threadpoolctl import threadpool_limits

    points = len(model["grid"])
    row, step, above, weight = stack_reached(t, model)
    if above.all() or not above.any():  # there are none to tell apart
        odds = np.concatenate([np.zeros(z.shape[1]), log_odds(step, above, weight, points), [0.0]])
        return [odds[:, None]]
    rows = np.column_stack([z[row], np.eye(points, dtype=np.float32)[step]])
    fit = MLPClassifier(
        model["units"],
        alpha=model["reg_lambda"],
        batch_size=min(STEP, len(rows)),
        learning_rate_init=model["learning_rate"],
        random_state=seed,
    )
    with threadpool_limits(model["threads"]):
        for _ in range(model["rounds"]):
            fit.partial_fit(rows, above, classes=[0, 1], sample_weight=weight)
    return [np.vstack(of) for of in zip(fit.coefs_, fit.intercepts_, strict=True)]


def network_curve(of: Fitted, x: Matrix, model: Model, _: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    mean, deviation = (np.array(of.state[k], np.float64) for k in ("mean", "deviation"))
    z = _inputs(x, mean, deviation).astype(np.float64)
    each = [[np.array(layer) for layer in of.state[k]] for k in of.state if k.startswith(NETWORK)]
    curves = [np.multiply.accumulate(_ratios(layers, z, len(model["grid"]))) for layers in each]
    return np.asarray(np.mean(curves, axis=0).T)


def _ratios(layers: list[Floats], z: Floats, points: int) -> Floats:
    """P(above a grid point | above the one before), by one network: (grid, rows)."""
    shared, own, bias = np.split(layers[0], [z.shape[1], z.shape[1] + points])
    first = _times(z, shared)
    return np.array([_output(layers[1:], first + of + bias) for of in own])


def _output(layers: list[Floats], units: Floats) -> Floats:
    for layer in layers:
        units = _times(np.maximum(units, 0), layer[:-1]) + layer[-1]
    return sigmoid(units[:, 0])


def _times(a: Floats, b: Floats) -> Floats:
    """Their product, each row by itself: the last bits of `a @ b` depend on its company."""
    return np.asarray(np.einsum("ri,iu->ru", a, b))


def _inputs(x: Matrix, mean: Floats, deviation: Floats) -> Matrix:
    """(rows, 2 x features): standardised, and which are missing."""
    return np.column_stack([standard(x, mean, deviation), np.isnan(x)]).astype(np.float32)
