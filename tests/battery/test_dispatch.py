"""The battery keeps its limits, earns what the settlement says, and knows nothing early."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlmp.battery import StrategyName
from rtlmp.battery.dispatch import (
    NodePrices,
    classes,
    dispatch_days,
    expected,
    intervals,
    known_at_issue,
    node_prices,
)
from rtlmp.battery.programme import DayPrices, MarketPrices, one_way, settle, solve
from rtlmp.battery.revenue import expected_shortfall, revenue_table, value_at_risk
from rtlmp.battery.strategies import Orders, follow
from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import DispatchDays, Revenue
from tests.helpers.build import five_minutes, observations, settings, utc

BATTERY = {
    "power_mw": 1.0, "energy_mwh": 2.0, "efficiency": 0.81, "cycles_per_day": 1.0,
    "wear_usd_mwh": 0.0, "clock_charge": [2, 3], "clock_discharge": [19, 20],
}  # fmt: skip
DAYS = [date(2024, 3, 8), date(2024, 3, 9), date(2024, 3, 10)]  # clocks change on the 10th
CONFIG = parse_config(settings(nodes=["N"], battery=BATTERY))


def market(prices, **change):
    prices = np.asarray(prices, float)
    none = np.zeros(len(prices))
    day = np.zeros(len(prices), dtype=np.intp)
    return MarketPrices(prices, prices, prices, day, none, none, trade=True)._replace(**change)


def world(seed=0, days=40):
    rng = np.random.default_rng(seed)
    n = 24 * days
    shape = 30 + 25 * np.sin(np.arange(n) * 2 * np.pi / 24)
    price = shape * rng.lognormal(0, 0.5, n)
    real = five_minutes("2024-02-05 00:00", np.repeat(price, 12) * rng.lognormal(0, 0.2, 12 * n))
    hours = pd.date_range("2024-02-05", periods=n, freq="h", tz="UTC")
    told = hours.tz_convert("America/Chicago").normalize() - pd.Timedelta("10h")
    auction = observations(SeriesName.DAM_SPP, "N", hours, told.tz_convert("UTC"), price)
    return node_prices("N", real, auction)


def flat_curves(node: NodePrices):
    hours = node.real.index
    keys = [
        (pd.Timestamp(t), hour)
        for day in DAYS
        for t in [pd.Timestamp(f"{day} 10:00", tz="America/Chicago").tz_convert("UTC")]
        for hour in hours[(hours > t) & (hours < t + pd.Timedelta("90h"))]
    ]
    index = pd.MultiIndex.from_tuples(keys)
    table = pd.DataFrame({50.0: 0.3, 100.0: 0.1}, index=index)
    return dict.fromkeys(("model", "climatology", "persistence"), table)


def test_a_two_hour_battery_buys_low_and_sells_high():
    plan = solve(market([10, 10, 10, 100, 90, 10]), BATTERY, 0.0)
    assert plan.discharge[3] == pytest.approx(1)
    assert plan.discharge[4] == pytest.approx(2 * 0.9 - 1)  # a full store less the way out
    assert plan.charge.sum() == pytest.approx(2 / 0.9)  # a full store plus the way in


def test_wear_and_losses_forbid_a_thin_spread():
    worn = {**BATTERY, "wear_usd_mwh": 5.0}
    assert solve(market([20, 29]), worn, 0.0).discharge.sum() == pytest.approx(0)  # 20 / .81 + 5
    assert solve(market([20, 30]), worn, 0.0).discharge.sum() > 0


def test_a_day_discharges_its_cycles_and_no_more():
    prices = np.tile([0.0, 0, 0, 100, 100, 100], 4)
    plan = solve(market(prices), BATTERY, 0.0)
    assert plan.discharge.sum() / one_way(BATTERY) == pytest.approx(2)


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(-1, 1)), min_size=24, max_size=25),
    st.floats(0, 2),
)
def test_orders_never_overfill_overdraw_or_overcycle(hours, stored):
    orders = Orders(*(np.array(part) for part in zip(*hours, strict=True)))
    output, left = follow(orders, 4, stored, BATTERY)
    way = one_way(BATTERY)
    moved = np.where(output > 0, -output / way, -output * way).ravel() / 4
    level = stored + np.cumsum(moved)
    assert level.min() > -1e-9
    assert level.max() < 2 + 1e-9
    assert left == pytest.approx(level[-1])
    assert np.clip(output, 0, None).sum() / 4 / way <= 2 + 1e-9
    assert np.abs(output).max() <= 1 + 1e-9


def test_an_award_is_paid_day_ahead_and_its_shortfall_bought_back():
    came = DayPrices(np.full((2, 4), 200.0), np.array([70.0, 60.0]))
    position = np.array([1.0, 1.0])
    delivered = settle(np.array([[1.0] * 4, [0.0] * 4]), position, came, BATTERY)
    assert delivered.revenue == pytest.approx(70 + 60 - 200)
    assert delivered.day_ahead == pytest.approx(130)


def test_classes_of_price_share_all_probability():
    curve = np.array([[0.5, 0.2, 0.1]])
    np.testing.assert_allclose(classes(curve), [[0.5, 0.3, 0.1, 0.1]])


def test_expected_price_weighs_what_such_hours_had():
    hours = pd.date_range("2024-01-01", periods=48, freq="h", tz="America/Chicago")
    past = pd.Series(np.where(np.arange(48) % 24 == 18, 80.0, 20.0), hours)
    got = expected(np.array([[0.25]]), np.array([50.0]), past, past.to_numpy(), np.array([3]))
    assert got == pytest.approx([0.75 * 20 + 0.25 * 80])


def test_no_strategy_beats_perfect_foresight_and_days_follow_the_clock():
    node = world()
    settled = dispatch_days(node, flat_curves(node), CONFIG, DAYS)
    total = settled.groupby(DispatchDays.rule)[DispatchDays.revenue].sum()
    assert total.idxmax() == StrategyName.PERFECT
    assert set(settled[DispatchDays.day]) == {"2024-03-09", "2024-03-10", "2024-03-11"}
    measures = revenue_table(settled, CONFIG["battery"], 7)
    share = measures[measures[Revenue.measure] == "share_of_perfect"].set_index(Revenue.rule)
    assert (share[Revenue.value] <= 1 + 1e-9).all()


def test_a_morning_is_the_same_whatever_is_published_later():
    node, day = world(), DAYS[1]
    at = utc("2024-03-09 16:00")
    curve = flat_curves(node)["model"]
    poisoned = node._replace(
        real=node.real.where(node.real_publish <= at, 1e5),
        auction=node.auction.where(node.auction_publish <= at, -1e5),
    )
    for clean, dirty in zip(
        known_at_issue(node, curve, CONFIG, day),
        known_at_issue(poisoned, curve, CONFIG, day),
        strict=True,
    ):
        np.testing.assert_array_equal(clean, dirty)


def test_a_horizon_that_begins_at_once_holds_the_same_days_and_none_after_the_gate():
    node = world()
    settled = dispatch_days(node, flat_curves(node), CONFIG, DAYS)
    at_once = {**CONFIG, "horizon": "next_hour"}
    assert settled.equals(dispatch_days(node, flat_curves(node), at_once, DAYS))
    late = {**at_once, "issue_time": "13:56"}
    words = "value: issued 2024-03-08 19:56.* offers were due at 2024-03-08 16:00"
    with pytest.raises(ValueError, match=words):
        dispatch_days(node, flat_curves(node), late, DAYS)


def test_a_gap_of_more_than_an_hour_is_refused_by_name():
    prices = five_minutes("2024-07-01 10:00", [20.0] * 60)
    holed = prices.drop(index=range(20, 40))
    with pytest.raises(ValueError, match=r"N: no real-time price within .* 7 more intervals"):
        intervals(holed)
    assert intervals(prices.drop(index=[20, 21]))[0].notna().all(axis=None)


def test_tail_measures_are_losses():
    daily = np.arange(-10.0, 90)[None]
    assert value_at_risk(daily) == pytest.approx([6])
    assert expected_shortfall(daily) == pytest.approx([8])
