"""The curve P(highest > x): right where the truth is known, and never rising."""

import json

import numpy as np
import pytest

from rtlmp.asof.labels import Labels
from rtlmp.config.model import EstimatorName
from rtlmp.models.boosted import update_hazard
from rtlmp.models.curve import exceedance, stack_reached
from rtlmp.models.estimators import ESTIMATORS, fit, threshold_curve
from rtlmp.models.store import Card, MemberCard, Trained, load_model, save_model
from tests.helpers.curves import GRID, model, training, truth, whole_hours, world

LEARNERS = list(EstimatorName)
# of the mean and of the mean absolute error: a line is coarser
TOLERANCE = {"logistic": (0.02, 0.06), "separate": (0.01, 0.035)}


@pytest.fixture(scope="module", params=LEARNERS)
def fitted(request):
    chosen = model(request.param)
    return chosen, fit(training(20_000, 1), chosen, seed=3)


def test_every_name_has_its_functions():
    assert set(ESTIMATORS) == set(EstimatorName)


def test_it_recovers_the_true_curve_even_between_grid_points(fitted):
    chosen, curve_of = fitted
    x, _ = world(4000, 2)
    curve = threshold_curve(curve_of, x, chosen)
    for threshold in (50, 70, 100, 300):
        got = exceedance(curve, GRID, [threshold])[:, 0]
        bias, error = TOLERANCE.get(chosen["estimator"], (0.01, 0.03))
        assert abs(got.mean() - truth(x, threshold).mean()) < bias
        assert np.abs(got - truth(x, threshold)).mean() < error


@pytest.mark.parametrize("name", LEARNERS)
def test_hours_that_are_all_alike_can_be_learnt(name):
    """A calm node that is new has no spike at all."""
    for price, low, high in ((10.0, 0.0, 0.01), (9e3, 0.97, 1.0)):
        t, chosen = training(300, 1), model(name)
        alike = t._replace(labels=whole_hours(np.full(300, price)))
        curve = threshold_curve(fit(alike, chosen, 1), t.x, chosen)
        assert ((low <= curve) & (curve <= high)).all()


def test_probabilities_never_rise_with_the_threshold(fitted):
    chosen, curve_of = fitted
    x, _ = world(500, 4)
    many = exceedance(
        threshold_curve(curve_of, x * 3, chosen), GRID, list(np.linspace(25, 400, 60))
    )
    assert (np.diff(many, axis=1) <= 1e-12).all()
    assert ((many >= 0) & (many <= 1)).all()


def test_a_row_is_forecast_alike_alone_and_in_company(fitted):
    chosen, curve_of = fitted
    x, _ = world(300, 5)
    together = threshold_curve(curve_of, x, chosen)
    alone = np.concatenate([threshold_curve(curve_of, row[None], chosen) for row in x])
    np.testing.assert_array_equal(together, alone)


def test_a_threshold_outside_the_grid_is_refused(fitted):
    chosen, curve_of = fitted
    curve = threshold_curve(curve_of, world(3, 6)[0], chosen)
    with pytest.raises(ValueError, match=r"\[401\] outside model.grid 25..400"):
        exceedance(curve, GRID, [401])


def test_an_hour_answers_up_to_the_first_threshold_that_it_did_not_pass():
    t = training(1, 1)._replace(labels=whole_hours(np.array([120.0])))
    row, step, above, weight = stack_reached(t, model("hazard"))
    assert dict(zip(step, above, strict=True)) == {0: 1, 1: 1, 2: 1, 3: 0}
    assert (row == 0).all()
    assert (weight == 1).all()


@pytest.mark.parametrize("intervals", [1, 2, 4, 12])  # that a spike lasts
@pytest.mark.parametrize("lost", [0.1, 0.25, 0.5])
def test_spikes_are_as_frequent_where_intervals_are_lost_as_where_none_is(intervals, lost):
    """In every hour of which half arrived, whatever it shows; no frequency may come out higher."""
    rng = np.random.default_rng(5)
    count, grid = 100_000, [25.0, 50.0, 100.0]
    spikes = np.repeat(rng.random((count, 12 // intervals)) < 0.015 * intervals, intervals, axis=1)
    prices = np.where(spikes, rng.choice([60.0, 150.0], (count, 1)), 20.0)
    arrived = rng.random(prices.shape) >= lost
    seen = np.sort(np.where(arrived, prices, -np.inf), axis=1)[:, ::-1]
    known = arrived.mean(axis=1) >= 0.5
    labels = Labels(*seen[known, :3].T, arrived[known].mean(axis=1))
    t = training(len(labels.highest), 1)._replace(labels=labels)
    _, step, above, weight = stack_reached(t, model("hazard", grid=grid))
    total, passed = (np.bincount(step, w) for w in (weight, weight * above))
    frequency = np.cumprod(passed / total)
    true = (prices.max(axis=1)[:, None] > np.array(grid)).mean(axis=0)
    assert (frequency < 1.04 * true).all()
    assert (frequency > (0.94 if lost < 0.5 else 0.8) * true).all()


def test_hazard_stacks_far_fewer_rows_than_all_thresholds():
    reached = len(stack_reached(training(10_000, 7), model("hazard")).row)
    assert reached < 0.4 * len(GRID) * 10_000


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_a_row_is_forgotten_at_each_threshold_by_its_own_half_life(power):
    """At $50 and below after `half_life_days`, at $200 after 4 to the power times as many."""
    chosen = model("hazard", half_life_days=100, half_life_power=power)
    t = training(1, 1)._replace(labels=whole_hours(np.array([150.0])))
    found = stack_reached(t._replace(age=np.array([400.0])), chosen)
    days = 100 * np.array([1, 1, 2**power, 4**power])
    np.testing.assert_allclose(found.weight, 0.5 ** (400 / days))


def test_a_share_of_each_probability_is_the_base_rate(fitted):
    chosen, curve_of = fitted
    x, mixed = world(300, 5)[0], {**chosen, "base_rate_share": 0.1}
    own, both = (threshold_curve(curve_of, x, of) for of in (chosen, mixed))
    highest = training(20_000, 1).labels.highest
    base = (highest[:, None] > np.array(GRID)).mean(axis=0)
    np.testing.assert_allclose(both, 0.9 * own + 0.1 * base, atol=1e-3)


def test_the_gate_trees_know_nothing_of_the_rows_held_out(fitted):
    """Poison their labels: the first trees do not change, the whole does if it is boosted."""
    chosen, _ = fitted
    clean = training(4000, 11, early=0.8)
    highest = np.where(clean.not_held_out, clean.labels.highest, 5000.0)
    poisoned = clean._replace(labels=whole_hours(highest))
    x, _ = world(300, 12)
    of_gate_trees, wholes = (
        [threshold_curve(fit(t, chosen, 3, 40), x, chosen, trees) for t in (clean, poisoned)]
        for trees in (40, 0)
    )
    grows = chosen["estimator"] == "hazard"
    if grows:  # rungs reached move bins and random draws
        assert abs(np.subtract(*of_gate_trees).mean()) < 0.1 * abs(np.subtract(*wholes).mean())
    else:
        np.testing.assert_array_equal(*of_gate_trees)
    assert np.array_equal(*wholes) != grows


def test_the_gate_trees_of_an_update_know_nothing_of_the_rows_held_out():
    chosen = model("hazard")
    base = fit(training(4000, 1), chosen, 3, gate_trees=40)
    clean = training(4000, 11, early=0.8)
    highest = np.where(clean.not_held_out, clean.labels.highest, 5000.0)
    poisoned = clean._replace(labels=whole_hours(highest))
    x, _ = world(300, 12)
    updated = [update_hazard(base, 40, t, chosen, 3, 50) for t in (clean, poisoned)]
    kept, gate_trees, whole = (
        np.subtract(*(threshold_curve(of, x, chosen, trees) for of in updated)).mean()
        for trees in (40, 50, 0)
    )
    assert kept == 0
    assert abs(gate_trees) < 0.1 * abs(whole)  # bins and random draws move


def test_a_saved_model_comes_back_to_the_bit_and_is_no_pickle(fitted, tmp_path):
    chosen, curve_of = fitted
    member = MemberCard(
        model=chosen, history_days=30, seed=3, rows=1, gate_trees=0, state=curve_of.state
    )
    card = Card(
        date="2024-01-01",
        pool=["N"],
        trained_from="",
        trained_until="",
        held_out_from="",
        rows=1,
        features=["a", "b", "c"],
        members=[member],
        packages={},
        inputs_sha256="",
    )
    paths = [tmp_path / "booster.ubj"], tmp_path / "card.json"
    save_model(Trained([curve_of], card), *paths)
    again = load_model(*paths)
    x, _ = world(200, 8)
    np.testing.assert_array_equal(
        threshold_curve(again.members[0], x, again.card["members"][0]["model"]),
        threshold_curve(curve_of, x, chosen),
    )
    assert {**again.card, **card} == again.card
    assert json.loads(paths[1].read_text()).items() > {"date": "2024-01-01"}.items()
    assert paths[0][0].read_bytes()[:1] == b"{"  # UBJSON object
    assert sorted(p.name for p in tmp_path.iterdir()) == ["booster.ubj", "card.json"]


def test_the_same_seed_gives_the_same_bytes():
    drawn = model("hazard", subsample=0.5, colsample_bytree=0.5)
    one, two, other = (
        bytes(fit(training(2000, 9), drawn, s).boosted().save_raw("ubj")) for s in (1, 1, 2)
    )
    assert one == two != other
