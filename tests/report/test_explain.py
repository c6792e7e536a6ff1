"""Shares of the features sum to the probability itself, and the one that matters matters most."""

import numpy as np

from rtlmp.models.curve import SMALLEST, exceedance
from rtlmp.models.estimators import fit, threshold_curve
from rtlmp.report.explain import shares
from tests.helpers.curves import GRID, model, training, world


def test_shares_sum_to_ln_p_even_between_grid_points():
    chosen, asked = model("hazard"), [50, 70, 300]
    fitted = fit(training(4000, 1), chosen, 3)
    x, _ = world(100, 2)
    split = shares(fitted, x, GRID, asked)
    assert split.shape == (3, 100, 4)
    p = exceedance(threshold_curve(fitted, x, chosen), GRID, asked)
    told = p.T > 100 * SMALLEST  # below that, `exceedance` keeps the curve off zero
    assert told.mean() > 0.9
    np.testing.assert_allclose(np.exp(split.sum(axis=-1))[told], p.T[told], rtol=2e-4)
    size = np.abs(split[..., :-1]).mean(axis=(0, 1))
    assert size[0] > 3 * size[1:].max()
