"""Estimators whose whole state is a table of numbers: logistic regression, and the two that need
no learning. They learn from the early rows only, so that the champion gate can test them.
"""

from typing import Final

import numpy as np

from rtlmp.archive import Floats, Matrix
from rtlmp.config import Model
from rtlmp.models.fitted import Fitted, State, numbers
from rtlmp.models.ladder import Training, log_odds, product, share, stack_all, stack_reached

FAR: Final = 5.0  # standard deviations at which a feature is cut off


def logistic(t: Training, model: Model, _: int, __: int) -> Fitted:
    """The hazard ladder as one logistic regression: an intercept a rung, shared slopes.

    Features are standardised, missing ones at their mean; `reg_lambda` is the L2 penalty.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    t, grid = t.settled(), np.array(model["grid"])
    row, step, above = stack_reached(t.labels, grid)
    x = t.x[t.row].astype(np.float64)
    seen = ~np.isnan(x).all(axis=0)
    middle, spread = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    middle[seen], spread[seen] = np.nanmean(x[:, seen], axis=0), np.nanstd(x[:, seen], axis=0)
    state: State = {"middle": numbers(middle), "spread": numbers(spread)}
    z = np.column_stack([_standard(x, middle, spread)[row], np.eye(len(grid))[step]])
    fitted = LogisticRegression(
        C=1 / model["reg_lambda"], fit_intercept=False, max_iter=200, tol=1e-3
    )
    fitted.fit(z, above, sample_weight=t.weight[row])
    state["coefficients"] = numbers(fitted.coef_[0])
    return Fitted(None, state)


def logistic_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    middle, spread, all_ = (
        np.array(of.state[k], np.float64) for k in ("middle", "spread", "coefficients")
    )
    slopes, rungs = np.split(all_, [len(middle)])
    # summed row by row: a matrix product's last bits depend on the company a row is in
    margin = (_standard(x.astype(np.float64), middle, spread) * slopes).sum(axis=1) + rungs[:, None]
    return product(share(margin)).T


def climatology(t: Training, model: Model, _: int, __: int) -> Fitted:
    """Weighted frequency of each local hour over the pool."""
    t, grid = t.settled(), np.array(model["grid"])
    row, step, above = stack_all(t.labels, grid)
    cell = t.x[t.row[row], _hour()].astype(np.intp) * len(grid) + step
    odds = log_odds(cell, above, t.weight[row], 24 * len(grid)).reshape(24, len(grid))
    return Fitted(None, {"hours": [numbers(hour) for hour in share(odds)]})


def climatology_curve(of: Fitted, x: Matrix, _: Model, __: int) -> Floats:
    """P(highest > grid point): (rows, grid)."""
    return np.minimum.accumulate(np.array(of.state["hours"])[x[:, _hour()].astype(np.intp)], axis=1)


def persistence(_: Training, __: Model, ___: int, ____: int) -> Fitted:
    """Nothing to learn."""
    return Fitted(None, {})


def persistence_curve(_: Fitted, x: Matrix, model: Model, __: int) -> Floats:
    """1 where the latest known day was above in the same hour, else 0: (rows, grid)."""
    from rtlmp.features import DESIGN, prices  # slow to import, as all with pandas

    at = DESIGN.index(prices.rt_max_same_hour[0].name)
    latest = prices.unlevel(x[:, at].astype(np.float64))
    return (latest[:, None] > np.array(model["grid"])).astype(np.float64)


def _hour() -> int:
    from rtlmp.features import DESIGN, calendar  # slow to import, as all with pandas

    return DESIGN.index(calendar.local_hour[0].name)


def _standard(x: Floats, middle: Floats, spread: Floats) -> Floats:
    z = (x - middle) / np.where(spread > 0, spread, 1.0)
    return np.clip(np.nan_to_num(z), -FAR, FAR)
