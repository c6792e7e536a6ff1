"""When an hour counts as a spike, as none, and as unknown."""

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.labels import Labels, known_labels, seen_weight, spike
from rtlmp.asof.view import hour_range
from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import UTC_DTYPE, Observations
from tests.helpers.build import five_minutes, hourly_prices, observations, utc

HOUR = pd.date_range("2024-07-01 10:00", periods=1, freq="h", tz="UTC")
TIMES = [Observations.valid_time, Observations.publish_time]
LATER = utc("2024-08-01")


def of_hour(prices, at=LATER, min_coverage=0.8) -> Labels:
    return known_labels(hourly_prices(prices), at, hour_range(HOUR), min_coverage)["N"]


def test_spike_is_strictly_above():
    full = of_hour(five_minutes("2024-07-01 10:00", [100.0] * 12))
    assert spike(full.highest, 100.0) == [0]
    assert spike(full.highest, 99.99) == [1]


def test_below_the_coverage_an_hour_is_unknown_whatever_it_shows():
    for first in (300.0, 20.0):
        half = five_minutes("2024-07-01 10:00", [first, *[20.0] * 5])
        assert np.isnan(spike(of_hour(half).highest, 200))
        assert spike(of_hour(half, min_coverage=0.5).highest, 200) == [first > 200]


def test_an_hour_that_lacks_intervals_says_what_was_next_to_its_highest():
    prices = five_minutes("2024-07-01 10:00", [50.0, 300.0, 90.0, *[20.0] * 9])
    whole, part = of_hour(prices), of_hour(prices.drop(index=[5]))
    assert np.isnan([whole.second, whole.third]).all()
    assert [float(of[0]) for of in part] == [300, 90, 50, 11 / 12]
    # a single interval above 200 in eleven: another twelfth of such hours was missed
    assert seen_weight(part, np.array([200.0])) == pytest.approx([12 / 11])
    assert seen_weight(whole, np.array([200.0])) == [1]


def test_of_a_node_without_a_price_nothing_is_known():
    known = known_labels(hourly_prices(five_minutes("2024-07-01 10:00", [1.0])), LATER, range(2), 0)
    assert np.isnan(known["GONE"].highest).tolist() == [True, True]


def test_extra_runs_do_not_stand_in_for_missing_ones():
    runs = five_minutes("2024-07-01 10:00", [20.0] * 9)
    extra = runs.assign(**{c: (runs[c] + pd.Timedelta("60s")).astype(UTC_DTYPE) for c in TIMES})
    assert np.isnan(of_hour(pd.concat([runs, extra], ignore_index=True)).highest)


def test_a_run_belongs_to_the_hour_it_starts_in():
    early = utc("2024-07-01 10:59:58")
    prices = observations(SeriesName.RT_LMP, "N", [early], [early + pd.Timedelta("5s")], [900.0])
    assert spike(of_hour(prices, min_coverage=0).highest, 500) == [1]


def test_an_hour_is_known_with_its_last_interval_and_not_before():
    prices = five_minutes("2024-07-01 10:00", [20.0] * 11 + [700.0])
    last = prices[Observations.publish_time].max()
    assert np.isnan(of_hour(prices, at=last - pd.Timedelta("1s")).highest)
    assert of_hour(prices, at=last).highest == [700]


def test_a_correction_is_a_new_vintage_and_the_old_one_stays():
    prices = five_minutes("2024-07-01 10:00", [20.0] * 12)
    day_after = utc("2024-07-02 09:00")
    corrected = prices.iloc[[3]].assign(
        **{Observations.value: 800.0, Observations.publish_time: day_after}
    )
    both = pd.concat([prices, corrected], ignore_index=True)
    assert of_hour(both, at=day_after - pd.Timedelta("1min")).highest == [20]
    assert of_hour(both, at=day_after).highest == [800]


def test_a_straggler_does_not_delay_its_hour():
    prices = five_minutes("2024-07-01 10:00", [20.0] * 12)
    late = prices[Observations.publish_time].where(prices.index != 5, utc("2024-07-03"))
    prices = prices.assign(**{Observations.publish_time: late})
    first = of_hour(prices, at=utc("2024-07-01 12:00"))
    assert (first.highest, first.coverage) == ([20], [11 / 12])


@pytest.mark.parametrize(("target", "intervals"), [(SeriesName.RT_LMP, 12), (SeriesName.RT_SPP, 4)])
def test_coverage_counts_the_targets_own_intervals(target, intervals):
    valid = pd.date_range(HOUR[0], periods=intervals, freq=target.step)
    prices = observations(target, "N", valid, valid + pd.Timedelta("17min"), [1.0] * intervals)
    assert of_hour(prices).highest == [1]
    assert np.isnan(of_hour(prices.iloc[: intervals // 2]).highest)
