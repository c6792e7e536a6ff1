"""The curve P(highest > x): right where the truth is known, and never rising."""

import json

import numpy as np
import pytest
from scipy.special import expit

from rtlmp.config import checked
from rtlmp.labels import Labels
from rtlmp.models.exceedance import ESTIMATORS, exceedance, fit, survival
from rtlmp.models.store import Card, Trained, load, save
from tests.build import settings

GRID = [25, 50, 100, 200, 400]


def model(estimator: str, **change):
    small = {"grid": GRID, "rounds": 60, "learning_rate": 0.1, "max_depth": 3, "threads": 1}
    small |= {"min_child_weight": 5, "reg_lambda": 1, "subsample": 1.0, "colsample_bytree": 1.0}
    config = checked(
        settings(thresholds=[50, 100], model={**small, "estimator": estimator, **change})
    )
    return config["model"]


def truth(x: np.ndarray, threshold: float) -> np.ndarray:
    """P(price > threshold) of a world where ln price is logistic around 3 + x."""
    return expit((3 + x[:, 0] - np.log(threshold)) / 0.6)


def world(rows: int, seed: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3)).astype(np.float32)
    highest = np.exp(3 + x[:, 0] + 0.6 * rng.logistic(size=rows))
    return x, highest


@pytest.fixture(scope="module", params=list(ESTIMATORS))
def fitted(request):
    x, highest = world(20_000, 1)
    chosen = model(request.param)
    labels = Labels(highest, np.ones(len(x), bool))
    return chosen, fit(x, labels, np.ones(len(x)), chosen, seed=3)


def test_it_recovers_the_true_curve_even_between_grid_points(fitted):
    chosen, curve_of = fitted
    x, _ = world(4000, 2)
    curve = survival(curve_of, x, chosen)
    for threshold in (50, 70, 100, 300):
        got = exceedance(curve, GRID, [threshold])[:, 0]
        assert abs(got.mean() - truth(x, threshold).mean()) < 0.01
        assert np.abs(got - truth(x, threshold)).mean() < 0.03


def test_probabilities_never_rise_with_the_threshold(fitted):
    chosen, curve_of = fitted
    x, _ = world(500, 4)
    many = exceedance(survival(curve_of, x * 3, chosen), GRID, list(np.linspace(25, 400, 60)))
    assert (np.diff(many, axis=1) <= 1e-12).all()
    assert ((many >= 0) & (many <= 1)).all()


def test_a_row_is_forecast_alike_alone_and_in_company(fitted):
    chosen, curve_of = fitted
    x, _ = world(300, 5)
    together = survival(curve_of, x, chosen)
    alone = np.concatenate([survival(curve_of, row[None], chosen) for row in x])
    np.testing.assert_array_equal(together, alone)


def test_a_threshold_outside_the_grid_is_refused(fitted):
    chosen, curve_of = fitted
    curve = survival(curve_of, world(3, 6)[0], chosen)
    with pytest.raises(ValueError, match=r"\[401\] outside model.grid 25..400"):
        exceedance(curve, GRID, [401])


@pytest.mark.parametrize("name", list(ESTIMATORS))
def test_an_incomplete_hour_says_only_what_it_proves(name):
    """Highest so far 120 with intervals missing: above 100 for sure, 200 unknown."""
    seen = Labels(np.array([120.0, 120.0]), np.array([False, True]))
    row, step, above = ESTIMATORS[name].stack(seen, np.array(GRID, dtype=float))
    of_incomplete = dict(zip(step[row == 0], above[row == 0], strict=True))
    of_complete = dict(zip(step[row == 1], above[row == 1], strict=True))
    assert of_incomplete == {0: 1, 1: 1, 2: 1}
    assert of_complete.items() >= {0: 1, 1: 1, 2: 1, 3: 0}.items()


def test_hazard_stacks_far_fewer_rows_than_stacked():
    highest = world(10_000, 7)[1]
    labels = Labels(highest, np.ones(len(highest), bool))
    grid = np.array(GRID, dtype=float)
    rows = {name: len(e.stack(labels, grid)[0]) for name, e in ESTIMATORS.items()}
    assert rows["hazard"] < 0.4 * rows["stacked"] == 0.4 * len(GRID) * len(highest)


def test_a_saved_model_comes_back_to_the_bit_and_is_no_pickle(fitted, tmp_path):
    chosen, curve_of = fitted
    card = Card(
        date="2024-01-01",
        pool=["N"],
        trained_from="",
        trained_until="",
        rows=1,
        features=["a", "b", "c"],
        start=curve_of.start,
        model=chosen,
        seed=3,
        packages={},
        inputs_sha256="",
    )
    paths = tmp_path / "booster.ubj", tmp_path / "card.json"
    save(Trained(curve_of, card), *paths)
    again = load(*paths)
    x, _ = world(200, 8)
    np.testing.assert_array_equal(
        survival(again.fitted, x, again.card["model"]), survival(curve_of, x, chosen)
    )
    assert json.loads(paths[1].read_text()) == card
    assert paths[0].read_bytes()[:1] == b"{"  # UBJSON object
    assert sorted(p.name for p in tmp_path.iterdir()) == ["booster.ubj", "card.json"]


def test_the_same_seed_gives_the_same_bytes():
    x, highest = world(2000, 9)
    labels = Labels(highest, np.ones(len(x), bool))
    drawn = model("hazard", subsample=0.5, colsample_bytree=0.5)
    one, two, other = (
        bytes(fit(x, labels, np.ones(len(x)), drawn, seed=s).booster.save_raw("ubj"))
        for s in (1, 1, 2)
    )
    assert one == two != other
