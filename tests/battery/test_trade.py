"""Reserves: an optimum known by hand, energy that must be held, energy alone as before, no leak."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from rtlmp.battery.dispatch import observed_on
from rtlmp.battery.programme import one_way, settle, solve
from rtlmp.battery.strategies import perfect_days, perfect_foresight
from rtlmp.battery.trade import (
    BOTH,
    ENERGY,
    awards,
    judged,
    reserve_day,
    reserve_prices,
    trade_table,
)
from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import Revenue
from rtlmp.schemas.core import Observations
from rtlmp.schemas.names import Forecaster
from tests.battery.test_dispatch import BATTERY, DAYS, market, world
from tests.helpers.build import observations, settings, utc

SOLD = {"regup": {"hours": 1}, "regdn": {"hours": 1}, "ecrs": {"hours": 2}}
CONFIG = parse_config(settings(nodes=["N"], battery={**BATTERY, "reserves": SOLD}))
SERIES = [SeriesName.DAM_AS_REGUP, SeriesName.DAM_AS_REGDN, SeriesName.DAM_AS_ECRS]


def selling(prices, stored, deployed=0.0, **sold):
    """The plan at real-time `prices` and USD/MW of the reserves `sold`: name: (hours, prices)."""
    reserves = {name: {"hours": h, "deployed": deployed} for name, (h, _) in sold.items()}
    battery = {**BATTERY, "reserves": reserves}
    paid = np.array([price for _, price in sold.values()], float)
    return solve(market(prices, reserves=awards(battery, paid)), battery, stored)


def reserve_table(seed=0, days=40):
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2024-02-05", periods=24 * days, freq="h", tz="UTC")
    told = hours.tz_convert("America/Chicago").normalize() - pd.Timedelta("10h")
    told, n = told.tz_convert("UTC"), len(hours)
    made = [observations(of, "ERCOT", hours, told, rng.lognormal(1, 1, n)) for of in SERIES]
    return pd.concat(made, ignore_index=True)


def scored(node):
    """Of every model the same chances, at every issue of DAYS."""
    rows = [
        {"issue_time": at, "valid_time": hour, "location": "N", "threshold": x, "probability": p,
         "model": model}
        for day in DAYS
        for at in [pd.Timestamp(f"{day} 10:00", tz="America/Chicago").tz_convert("UTC")]
        for hour in node.real.index[node.real.index > at][:90]
        for x, p in ((50.0, 0.3), (100.0, 0.1))
        for model in (Forecaster.MODEL, Forecaster.CLIMATOLOGY)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_reserve_and_energy_share_power_as_reckoned_by_hand():
    # one hour, a MWh at the grid stored: discharging pays 30, regulation up 40, both 1 MW
    plan = selling([30], 1 / 0.9, regup=(1, [40]))
    assert (plan.held[0, 0], plan.discharge[0]) == pytest.approx((1, 0))
    # energy at 50 is worth more, and what is left of power may not be held without energy
    plan = selling([50], 1 / 0.9, regup=(1, [40]))
    assert (plan.held[0, 0], plan.discharge[0]) == pytest.approx((0, 1))


@pytest.mark.parametrize(("hours", "most"), [(1, 1), (2, 0.5), (4, 0.25)])
def test_the_energy_of_an_award_must_lie_in_the_store(hours, most):
    plan = selling([0], 1 / 0.9, nspin=(hours, [10]))  # one MWh at the grid
    assert plan.held[0, 0] == pytest.approx(most)
    room = selling([0], 2 - 0.9 * 0.5, regdn=(hours, [10]))  # half a MWh fits in
    assert room.held[0, 0] == pytest.approx(0.5 / hours)


def test_a_share_called_moves_energy_and_is_paid_in_real_time():
    plan = selling([20, 20], 2.0, deployed=0.5, regup=(1, [50, 0]))
    idle = selling([20, 20], 2.0, regup=(1, [50, 0]))
    assert plan.called[0] == pytest.approx(0.5 * plan.held[0, 0])
    assert plan.held[0, 0] == pytest.approx(1)
    assert plan.discharge.sum() == idle.discharge.sum() == pytest.approx(1)  # of the second hour
    assert plan.stored[1] == pytest.approx(idle.stored[1] - 0.5 / one_way(BATTERY))


def test_without_reserves_the_programme_is_the_same_to_the_bit():
    node = world()
    days = [observed_on(node, CONFIG, day) for day in DAYS]
    before = perfect_foresight(days, BATTERY, real_time=True)
    none = awards(BATTERY, np.empty((0, 1)))
    now = perfect_days(days, BATTERY, True, none)
    settled = [settle(*of[:2], came, BATTERY) for came, of in zip(days, now, strict=True)]
    assert before == settled


def test_expected_reserve_prices_are_the_same_whatever_is_published_later():
    table, day = reserve_table(), DAYS[1]
    late = table[Observations.publish_time] > utc("2024-03-09 16:00")
    poisoned = table.assign(value=table[Observations.value].where(~late, 1e5))
    both = (reserve_prices(of, SERIES) for of in (table, poisoned))
    clean, dirty = (reserve_day(of, CONFIG, day) for of in both)
    np.testing.assert_array_equal(clean[0], dirty[0])
    assert (dirty[1] == 1e5).all()


def test_the_stack_adds_up_and_perfect_foresight_is_best():
    node = world()
    made = trade_table([node], scored(node), reserve_prices(reserve_table(), SERIES), CONFIG, DAYS)
    of = made[made[Revenue.location] == "N"].set_index([Revenue.rule, Revenue.measure])[
        Revenue.value
    ]
    parts = ("energy_day_ahead", "energy_real_time", "wear", *SOLD)
    total = sum(of[BOTH, f"{part}_usd_per_kw_year"] for part in parts)
    assert of[BOTH, "total_usd_per_kw_year"] == pytest.approx(total)
    assert of[BOTH, "share_of_perfect"] < 1
    gain = of[BOTH, "total_usd_per_kw_year"] - of[ENERGY, "total_usd_per_kw_year"]
    assert of[BOTH, "ahead_of_energy_only_usd_per_kw_year"] == pytest.approx(gain)
    assert gain > 0
    alone = trade_table([node], scored(node), None, CONFIG, DAYS)
    assert set(alone[Revenue.rule]) == {Forecaster.MODEL, Forecaster.CLIMATOLOGY}


def test_a_forecast_is_judged_by_the_hours_it_picks():
    got = judged(np.array([1.0, 2, 3, 4, 99]), np.array([10.0, 20, 40, 30]))  # a day of 4 hours
    assert got["capture_tb1"] == (20, 30)
    assert got["hit_rate_best_1"] == (0, 1)
    assert got["hit_rate_best_2"] == (2, 2)
    assert got["spearman"][0] == pytest.approx(0.8)


def test_a_product_without_prices_is_named():
    with pytest.raises(ValueError, match=r"battery.reserves: no \['dam_as_rrs'\] in the source"):
        reserve_prices(reserve_table(), [SERIES[0], SeriesName.DAM_AS_RRS])
    with pytest.raises(ValueError, match=r"dam_as_regup.*shorten the backtest window"):
        reserve_day(reserve_prices(reserve_table(days=20), SERIES), CONFIG, date(2024, 3, 8))
