"""Bounds hold what the models cannot know, also where they agree."""

import numpy as np

from rtlmp.forecast.forecast import ALIKE, DEVIATIONS, jackknife_interval


def test_models_that_agree_know_a_probability_no_better_than_a_frequency():
    p = np.array([[0.001, 0.01, 0.2, 1.0]])
    low, high = jackknife_interval(np.stack([p, p, p]))
    error = DEVIATIONS * np.sqrt(p * (1 - p) / ALIKE)
    np.testing.assert_allclose(low, np.maximum(p - error, 0), atol=1e-3)
    np.testing.assert_allclose(high, np.minimum(p + error, 1), atol=1e-3)
    assert (low[0, :2] == 0).all()


def test_models_that_differ_are_further_apart():
    near, far = (
        jackknife_interval(np.full((3, 5, 1), 0.1) + step * np.arange(3)[:, None, None])
        for step in (0.001, 0.02)
    )
    assert (far[0] < near[0]).all()
    assert (far[1] > near[1]).all()


def test_a_model_alone_has_no_bounds():
    assert np.isnan(jackknife_interval(np.full((1, 2, 3), 0.5))).all()
