"""Shares of the features sum to the probability itself, and the one that matters matters most."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rtlmp.features.prices import level
from rtlmp.forecast.forecast import pool_forecast
from rtlmp.models.curve import SMALLEST, exceedance
from rtlmp.models.estimators import fit, threshold_curve
from rtlmp.models.store import Trained
from rtlmp.report.explain import EXPLAINED, Issue, moved_most, shares
from rtlmp.report.glance import with_grid
from tests.helpers.curves import GRID, model, training, world


@pytest.mark.parametrize("estimator", EXPLAINED)
def test_shares_sum_to_ln_p_even_between_grid_points(estimator):
    chosen, asked = model(estimator), [50, 70, 300]
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


def issue(*readings: list[float], estimator: str = "hazard") -> Issue:
    """By a model whose first feature is what matters, at hours 0, 1, ... with these readings."""
    chosen = model(estimator)
    card: Any = {"members": [{"model": chosen}]}
    names = ["rt_highest_3", "net_load", "temperature"]
    hours = pd.date_range("2024-08-21", periods=len(readings), freq="h", tz="UTC", unit="us")
    rows: Any = pd.DataFrame(readings, columns=names).assign(issue_time=hours[0], valid_time=hours)
    fitted = [fit(training(4000, 1), chosen, 3)]
    return Issue([Trained(fitted, card)], rows[["issue_time", "valid_time", *names]])


def test_what_moved_an_hour_most_is_told_in_words_with_its_reading():
    dear = float(level(np.array(180.0)))
    of = issue([0.0, 50.0, 20.0], [dear, 50.25, np.nan])
    [told] = moved_most(of, [of.rows["valid_time"].iloc[1]], 100)
    lines = told.splitlines()
    assert lines[0].endswith("highest price of the latest 3 days: $180")
    assert float(lines[0].split()[1]) > 1
    words = {line.split(" ", 2)[2] for line in lines[1:]}
    assert "expected load less forecast wind and solar: 50.2 GW" in words
    assert "latest temperature forecast of the target hour: unknown °C" in words


def test_nothing_is_told_of_a_model_that_is_not_explained():
    of = issue([0.0, 50.0, 20.0], estimator="separate")
    assert moved_most(of, [*of.rows["valid_time"]], 100) == [""]


def test_a_page_has_every_fitted_threshold_as_the_models_give_it_and_what_was_issued_untouched():
    of = issue(*([float(k), 50.0, 20.0] for k in range(72)))
    of = of._replace(rows=of.rows.drop(columns="temperature").assign(lead_hour=np.arange(1, 73)))
    of.models[0].card.update(date="2024-08-20", calibration={})
    at = of.rows["issue_time"].iloc[0]
    issued = pool_forecast(of.models, {"N": of.rows}, at, [50.0])
    shown = with_grid(issued.assign(probability=0.5), {"N": of}, {"N": ["N"]})
    assert set(shown["threshold"]) == {50.0, *GRID}
    assert (shown[shown["threshold"] == 50]["probability"] == 0.5).all()
    more = [x for x in GRID if x != 50]
    told = shown[shown["threshold"] != 50].reset_index(drop=True)
    pd.testing.assert_frame_equal(told, pool_forecast(of.models, {"N": of.rows}, at, more))
