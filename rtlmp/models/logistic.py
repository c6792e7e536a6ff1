"""Logistic regression. Its whole state is a table of numbers."""

from typing import Final

import numpy as np

from rtlmp.asof.vintages import Floats, Matrix
from rtlmp.config.model import Model
from rtlmp.models.curve import Fitted, TrainingRows, log_odds, sigmoid, stack_reached

FAR: Final = 5.0  # standard deviations at which a feature is cut off


def fit_logistic(t: TrainingRows, model: Model, _: int, __: int) -> Fitted:
    """The continuation ratios as one logistic regression: an intercept a threshold, shared slopes.

    Features are standardised, missing ones at their mean; `reg_lambda` is the L2 penalty. Lines
    need few rows: those of one of the `row_blocks`.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    t, grid = t.gate_rows(), np.array(model["grid"])
    t = t.at(np.flatnonzero(t.block_id % model["row_blocks"] == 0))
    row, step, above, weight = stack_reached(t, model)
    x = t.x[t.row]
    mean, deviation = moments(x)
    if above.all() or not above.any():  # there are none to tell apart
        coefficients = np.append(0 * mean, log_odds(step, above, weight, len(grid)))
    else:
        z = np.column_stack([standard(x, mean, deviation)[row], np.eye(len(grid))[step]])
        fit = LogisticRegression(
            C=1 / model["reg_lambda"], fit_intercept=False, max_iter=200, tol=1e-3
        )
        coefficients = fit.fit(z, above, sample_weight=weight).coef_[0]
    found = {"mean": mean, "deviation": deviation, "coefficients": coefficients}
    return Fitted(None, {name: values.tolist() for name, values in found.items()})


def logistic_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    mean, deviation, slopes_and_intercepts = (
        np.array(of.state[k], np.float64) for k in ("mean", "deviation", "coefficients")
    )
    slopes, intercepts = np.split(slopes_and_intercepts, [len(mean)])
    # summed row by row: a matrix product's last bits depend on the company a row is in
    own = (standard(x, mean, deviation) * slopes).sum(axis=1)
    return np.multiply.accumulate(sigmoid(own + intercepts[:, None]), axis=0).T


def moments(x: Matrix) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature, 0 where it is never known."""
    mean, deviation = np.zeros((2, x.shape[1]))
    for k, of in enumerate(x.T):
        known = of[~np.isnan(of)].astype(np.float64)
        if len(known):
            mean[k], deviation[k] = known.mean(), known.std()
    return mean, deviation


def standard(x: Matrix, mean: Floats, deviation: Floats) -> Floats:
    """Features in standard deviations, cut off at FAR; 0 where unknown."""
    z = (x.astype(np.float64) - mean) / np.where(deviation > 0, deviation, 1.0)
    return np.clip(np.nan_to_num(z), -FAR, FAR)
