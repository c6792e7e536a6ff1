"""What training does not support is said of a forecast; drift is, and an ordinary season is not."""

import numpy as np
import pytest

from rtlmp.asof.vintages import US_PER_HOUR
from rtlmp.evaluation.drift import cusum, stability, trained_on, unlike

DAY, NAMES = 24 * US_PER_HOUR, ["load", "wind", "share", "seldom"]
AT = 800 * DAY


def rows(issued, seed=0):
    """A load that follows the season, noise, a share of rare events, what is often missing."""
    rng = np.random.default_rng(seed)
    season = np.cos(2 * np.pi * (issued / DAY) / 365.25)
    noise = rng.normal(size=(len(issued), 2))
    seldom = np.where(rng.random(len(issued)) < 0.5, np.nan, 1.0)
    share = 0.01 * (noise[:, 0] > 2)
    load = 50_000 + 4_000 * season + 2_000 * noise[:, 0]
    return np.column_stack([load, 100 + noise[:, 1], share, seldom]).astype(np.float32)


@pytest.fixture(scope="module")
def issued():
    return np.repeat(AT - DAY * np.arange(1, 731), 72)


@pytest.fixture(scope="module")
def seen(issued):
    return trained_on(rows(issued), issued, AT)


def test_a_day_like_those_of_training_is_nothing_to_tell(seen):
    assert unlike(seen, NAMES, rows(np.full(72, AT), 1)) == ""


def test_a_feature_in_another_unit_is_named_with_its_values(seen):
    x = rows(np.full(72, AT), 1)
    x[5, 0] *= 10
    said = unlike(seen, NAMES, x)
    assert said.startswith("1 features beyond training: load ")
    assert f"to {x[5, 0]:g}, in training {seen['low'][0]:g} to {seen['high'][0]:g}" in said


def test_the_worst_three_of_many_are_named():
    names = list("abcde")
    x = np.random.default_rng(0).normal(size=(7200, 5)).astype(np.float32)
    of = trained_on(x, np.repeat(AT - DAY * np.arange(1, 101), 72), AT)
    said = unlike(of, names, np.tile(np.float32([9, 50, 0, 70, 60]), (72, 1)))
    assert said.startswith("4 features beyond training: d 70 ")
    assert said.index("e 60 ") < said.index("b 50 ")
    assert "a 9 " not in said


def test_what_was_always_there_is_missed_and_only_where_all_hours_lack_it(seen):
    x = rows(np.full(72, AT), 1)
    x[:, [1, 3]] = np.nan
    x[:71, 0] = np.nan
    assert unlike(seen, NAMES, x) == "1 features missing: wind"


def test_more_rare_events_than_ever_are_no_fault(seen):
    x = rows(np.full(72, AT), 1)
    x[:, 2] = 0.9
    assert unlike(seen, NAMES, x) == ""


def test_few_days_tell_a_range_less_surely(issued):
    x = rows(np.full(72, AT), 1)
    said = []
    for days in (20, 400):
        inside = issued >= AT - days * DAY
        of = trained_on(rows(issued)[inside], issued[inside], AT)
        x[0, 1] = of["high"][1] + 0.8 * (of["high"][1] - of["low"][1])
        said.append(unlike(of, NAMES, x))
    assert said[0] == ""
    assert said[1].startswith("1 features beyond training: wind")


def test_a_season_is_no_drift_but_another_level_of_it_is(issued, seen):
    x, latest = rows(issued)[:, 0], issued >= AT - 30 * DAY
    assert seen["index"][1] < 0.02
    assert 2 * seen["index"][0] < stability(x, x[latest])  # against the whole year
    x = rows(issued)
    x[latest, 0] += 15_000
    moved = trained_on(x, issued, AT)["index"]
    assert moved[0] > 3 * seen["index"][0]
    assert moved[1] == seen["index"][1]


def test_stability_is_nothing_for_like_and_much_for_unlike():
    rng = np.random.default_rng(1)
    one, two, moved = rng.normal(size=4000), rng.normal(size=4000), rng.normal(2, 1, 4000)
    assert stability(one, two) < 0.02
    assert stability(one, moved) > 1
    assert stability(one, np.full(100, np.nan)) > 1
    assert stability(np.full(100, np.nan), np.full(100, np.nan)) == 0


def test_loss_beyond_what_the_forecast_itself_expects_adds_up():
    """Ten days: of honest forecasts nothing, of two per cent where twenty come much."""
    rng, day = np.random.default_rng(0), np.repeat(np.arange(10), 500)
    p = rng.uniform(0, 0.4, len(day))
    assert cusum(day, (rng.random(len(day)) < p).astype(float), p) == 0
    y = (rng.random(len(day)) < 0.2).astype(float)
    assert cusum(day, y, np.full(len(day), 0.02)) > 3


def test_one_storm_is_one_piece_of_evidence():
    day, p = np.repeat(np.arange(10), 500), np.full(5000, 0.2)
    y = (day == 5).astype(float)
    assert 0.5 < cusum(day[day < 6], y[day < 6], p[day < 6]) < 3
    assert cusum(day, y, p) < 0.5
