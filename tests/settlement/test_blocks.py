"""Settlement tables against what a person would add up."""

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.evaluation.tables import Blocks, Components, LoadRisk, TopBottom
from rtlmp.settlement.blocks import (
    DA,
    LOAD,
    RT,
    block_of,
    blocks,
    components,
    hourly_prices,
    load_risk,
    shaping,
    top_bottom,
)
from tests.helpers.build import observations

MARKET = MARKETS["ERCOT"]


def days(count, start="2024-07-01"):
    hours = pd.date_range(start, periods=24 * count, freq="h", tz=MARKET.tz)
    rng = np.random.default_rng(0)
    da, rt = rng.lognormal(3, 1, (2, len(hours)))
    return {"N": pd.DataFrame({DA: da, RT: rt, LOAD: 4e4 + 100 * rt}, index=hours)}


def test_blocks_cover_the_week_and_holidays_are_no_work_days():
    week = pd.date_range("2024-07-01", periods=7 * 24, freq="h", tz=MARKET.tz)
    count = {name: int(inside.sum()) for name, inside in block_of(week, MARKET).items()}
    # Thursday 4 July is a holiday: four work days
    assert count == {"7x24": 168, "5x16": 64, "2x16": 48, "7x8": 56}


def test_blocks_average_each_market():
    table = days(7)
    made = blocks(table, MARKET).set_index([Blocks.month, Blocks.block]).loc[("ALL", "7x24")]
    prices = table["N"]
    assert made[Blocks.spread] == pytest.approx((prices[DA] - prices[RT]).mean())
    assert made[Blocks.real_time_variance] == pytest.approx(np.var(prices[RT]))
    weighted = (prices[RT] * prices[LOAD]).sum() / prices[LOAD].sum()
    assert made[Blocks.real_time_shaping] == pytest.approx(weighted - prices[RT].mean())


def test_covariance_cost_is_the_shaping_cost_of_an_hour():
    table = days(30)
    risk = load_risk(table).set_index(LoadRisk.hour).loc[5]
    hour = table["N"][table["N"].index.hour == 5]
    assert risk[LoadRisk.covariance_cost] == pytest.approx(shaping(hour[RT], hour[LOAD]))


def test_top_bottom_spreads_whole_days():
    table = days(3)
    made = top_bottom(table)
    tb2 = made[(made[TopBottom.hours] == 2) & (made[TopBottom.market] == RT)].iloc[0]
    daily = [np.sort(day[RT])[[-1, -2]].sum() - np.sort(day[RT])[:2].sum()
             for _, day in table["N"].groupby(table["N"].index.date)]  # fmt: skip
    assert tb2[TopBottom.spread] == pytest.approx(np.mean(daily))


def test_parts_of_a_price_are_averaged_and_absent_ones_leave_an_empty_table():
    hours = pd.date_range("2024-07-01 05:00", periods=24, freq="h", tz="UTC")
    parts = pd.concat(
        observations(q, "N", hours, hours, np.full(24, value))
        for q, value in (
            (SeriesName.DAM_LMP_ENERGY, 30),
            (SeriesName.DAM_LMP_CONGESTION, -4),
            (SeriesName.DAM_LMP_LOSS, 1),
        )
    )
    made = components(parts, MARKET)
    assert (made[[Components.energy, Components.congestion, Components.loss]] == [30, -4, 1]).all(
        axis=None
    )
    assert components(parts.iloc[:24], MARKET).empty


def test_a_month_without_load_has_prices_but_no_shaping():
    table = {"N": days(2)["N"].assign(**{LOAD: np.nan})}
    made = blocks(table, MARKET)
    assert made[Blocks.day_ahead].notna().all()
    assert made[Blocks.day_ahead_shaping].isna().all()
    assert load_risk(table).empty


def test_hourly_prices_average_their_intervals():
    hour = pd.date_range("2024-07-01 10:00", periods=1, freq="h", tz="UTC")
    five = pd.date_range(hour[0], periods=12, freq="5min")
    real = observations(SeriesName.RT_LMP, "N", five, five, np.arange(12.0))
    auction = observations(SeriesName.DAM_SPP, "N", hour, hour, [7.0])
    made = hourly_prices(real, auction, auction.iloc[:0], MARKET)["N"]
    assert made[[DA, RT]].to_numpy().tolist() == [[7.0, 5.5]]
