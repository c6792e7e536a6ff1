"""Contracts and costs of a load against what a person would add up."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import Components, Costs, DispatchDays, Revenue
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.settlement.blocks import DA, LOAD, RT, blocks, components, hourly_prices
from rtlmp.settlement.contracts import PATHS, contract_table, costs, npv, ppa_days
from rtlmp.sources.base.interface import observe
from rtlmp.sources.registry import sources_of
from tests.helpers.build import observations, settings

HOURS = pd.date_range("2024-07-01", periods=24 * 20, freq="h", tz=MARKETS["ERCOT"].tz)
PPA = {"node": "N", "hub": "HUB", "mw": 10, "years": 3, "discount_rate": 0.1}
SUN = [0.0] * 8 + [1.0] * 8 + [0.0] * 8
HIERARCHY = {"flat_price": "energy", "shaping": "energy", "variable_load_risk": "energy",
             "energy": "supply", "capacity": ("supply", 4.0)}  # fmt: skip


def prices(seed=0):
    rng = np.random.default_rng(seed)
    node, hub = rng.lognormal(3, 0.7, (2, len(HOURS)))
    both = {"N": node, "HUB": hub}
    return {k: pd.DataFrame({DA: x + 1, RT: x}, index=HOURS) for k, x in both.items()}


def solar(value=None):
    at = HOURS.tz_convert("UTC")
    value = np.tile(SUN, 20) * 700 if value is None else value
    return observations(SeriesName.SOLAR, "ERCOT", at, at + pd.Timedelta("65min"), value)


def valued(plants=None, days=None, **contracts):
    config = parse_config(
        settings(nodes=["N", "HUB"]) | {"contracts": {k: PPA | of for k, of in contracts.items()}}
    )
    plants = no_observations() if plants is None else plants
    made = contract_table(config, prices(), plants, DispatchDays.empty() if days is None else days)
    return made.set_index([Revenue.location, Revenue.measure])[Revenue.value]


def test_a_plant_earns_its_price_less_what_is_paid_by_each_kind_of_terms():
    made = valued(
        solar(),
        fixed={"terms": ["fixed", 25], "generation": ["solar", "ERCOT"]},
        collar={"terms": ["collar", 15, 40], "generation": ["solar", "ERCOT"]},
        hub={"terms": ["hub_plus", -2], "generation": SUN, "price": "dam_spp"},
        shape={"terms": ["shape", [20] * 12 + [30] * 12]},
    )
    table = prices()
    p, q = table["N"][RT].to_numpy(), table["HUB"][RT].to_numpy()
    mwh, year = 10 * np.tile(SUN, 20), 365.25 / 20
    usd = {
        "fixed": mwh * (p - 25),
        "collar": mwh * (p - np.clip(p, 15, 40)),
        "hub": mwh * (p + 1 - (q + 1 - 2)),
        "shape": 10 * (p - np.tile([20] * 12 + [30] * 12, 20)),
    }
    for name, of in usd.items():
        assert made[name, "usd_per_year"] == pytest.approx(of.sum() * year)
    capture = (mwh * p).sum() / mwh.sum()
    assert made["fixed", "capture_rate"] == pytest.approx(capture / p.mean())
    assert made["fixed", "shape_usd_per_mwh"] == pytest.approx(capture - p.mean())
    assert made["shape", "shape_usd_per_mwh"] == pytest.approx(0)  # every hour alike
    assert made["fixed", "basis_usd_per_mwh"] == pytest.approx((mwh * (p - q)).sum() / mwh.sum())
    daily = (mwh * (p - q)).reshape(20, 24).sum(axis=1)
    assert made["fixed", "basis_deviation_usd_per_day"] == pytest.approx(daily.std())
    assert made["fixed", "npv_usd_price_x1.2"] > made["fixed", "npv_usd"]
    assert made["fixed", "npv_usd_p5"] < made["fixed", "npv_usd_p50"] < made["fixed", "npv_usd_p95"]


def test_years_are_drawn_from_days_and_discounted_from_their_ends():
    assert npv(np.full(9, 2.0), 2, 0.1, 7) == pytest.approx(730 / 1.1 + 730 / 1.21)
    rng = np.random.default_rng(1)
    drawn = npv(rng.normal(size=5000), 1, 0, 7)
    assert len(drawn) == PATHS
    assert np.std(drawn) == pytest.approx(np.sqrt(365), rel=0.2)


def test_price_and_generation_are_resampled_together():
    """A plant that runs when its price is high keeps that in every draw."""
    price = prices()["N"][RT].to_numpy()
    made = valued(solar(price), ppa={"terms": ["fixed", 0], "generation": ["solar", "ERCOT"]})
    low = valued(solar(price[::-1]), ppa={"terms": ["fixed", 0], "generation": ["solar", "ERCOT"]})
    assert made["ppa", "npv_usd_p5"] > low["ppa", "npv_usd_p95"]


def test_only_whole_days_with_price_and_generation_count_and_none_is_said():
    of = PPA | {"terms": ("fixed", 0), "generation": ("solar", "ERCOT")}
    known = solar().iloc[30:]  # neither the first day nor the second is whole
    assert len(ppa_days(of, prices(), known, 1)) == 18
    with pytest.raises(ValueError, match=r"contracts.b: no whole day .*'SPP'.*solar of ERCOT"):
        valued(solar(), b={"terms": ["fixed", 1], "generation": ["solar", "SPP"]})


def test_a_toll_is_revenue_less_payment_and_other_prices_leave_its_dispatch():
    days = pd.DataFrame({"location": "N", "rule": ["forecast", "forecast", "perfect"],
                         "day": ["2024-07-01", "2024-07-02", "2024-07-02"]})  # fmt: skip
    days = days.assign(revenue=[300.0, 100.0, 9e9], day_ahead=0.0, charged=2.0, discharged=2.0)
    made = valued(days=DispatchDays.validate(days), toll={"terms": ["toll", 5]})
    size = parse_config(settings())["battery"]
    a_year = 10 * (200 / size["power_mw"] * 365.25 - 5 * 1000 * 12)
    assert made["toll", "usd_per_year"] == pytest.approx(a_year)
    wear = size["wear_usd_mwh"] * 2
    move = made["toll", "npv_usd_price_x1.2"] - made["toll", "npv_usd_price_x0.8"]
    a_day = 10 * 0.4 * (200 + wear) / size["power_mw"]
    annuity = sum(1.1**-k for k in (1, 2, 3)) * 365
    assert move == pytest.approx(a_day * annuity, rel=0.01)
    assert "capture_rate" not in made["toll"]


def test_terms_that_cannot_be_are_refused_before_any_rule():
    for terms in (["fixed"], ["collar", 1], ["swap", 3], ["shape", [1, 2]]):
        with pytest.raises(ValueError, match=r"contracts\.a\.terms"):
            valued(a={"terms": terms})
    with pytest.raises(ValueError, match=r"contracts has \['M'\]: nodes are"):
        valued(a={"terms": ["fixed", 3], "hub": "M"})


@pytest.mark.parametrize("market", MARKETS)
def test_costs_of_a_load_sum_to_its_price_in_every_market(market):
    at = pd.date_range("2024-06-20", periods=24 * 20, freq="h", tz="UTC")
    rng = np.random.default_rng(0)
    rt, da, load = rng.lognormal(3, 1, (3, len(at)))
    rows = [
        observations(q, place, at, at, of)
        for q, place, of in (
            (SeriesName.RT_LMP, "N", rt), (SeriesName.DAM_SPP, "N", da),
            (SeriesName.LOAD, MARKETS[market].system, load),
        )
    ]  # fmt: skip
    table = hourly_prices(*rows, MARKETS[market])
    made = costs(table, table_of(Components, []), HIERARCHY)
    whole = made[made[Costs.month] == "ALL"].set_index([Costs.market, Costs.cost])[Costs.value]
    for side, price in ((RT, rt), (DA, da)):
        of = whole[side]
        assert of["energy"] == pytest.approx(np.average(price, weights=load))
        assert of["supply"] == pytest.approx(of["energy"] + 4)
        assert of["flat_price"] == pytest.approx(price.mean())
    shaping = blocks(table, MARKETS[market]).set_index(["month", "block"]).loc[("ALL", "7x24")]
    both = whole[RT]["shaping"] + whole[RT]["variable_load_risk"]
    assert both == pytest.approx(shaping["real_time_shaping"])
    assert {*made[Costs.month]} == {"ALL", "2024-06", "2024-07"}
    assert dict(made[[Costs.cost, Costs.parent]].to_numpy())["supply"] == ""


def test_a_load_as_usual_at_every_hour_bears_no_variable_load_risk():
    load = np.tile(np.arange(24.0) + 1, 20)
    table = {"N": prices()["N"].assign(**{LOAD: load})}
    made = costs(table, table_of(Components, []), HIERARCHY)
    one = made[(made[Costs.month] == "2024-07") & (made[Costs.market] == RT)]
    assert one.set_index(Costs.cost)[Costs.value]["variable_load_risk"] == pytest.approx(0)


def test_parts_of_a_price_are_costs_too():
    at = HOURS.tz_convert("UTC")
    parts = pd.concat(
        observations(q, "N", at, at, np.full(len(at), x))
        for q, x in ((SeriesName.DAM_LMP_ENERGY, 30), (SeriesName.DAM_LMP_CONGESTION, -4),
                     (SeriesName.DAM_LMP_LOSS, 1))
    )  # fmt: skip
    split = components(parts, MARKETS["ERCOT"])
    table = {"N": prices()["N"].assign(**{LOAD: np.nan})}
    made = costs(table, split, dict.fromkeys(("energy", "congestion", "loss"), "lmp"))
    by = made[made[Costs.cost] == "lmp"].set_index([Costs.month, Costs.market])[Costs.value]
    assert by["ALL", DA] == pytest.approx(27)
    assert np.isnan(by["ALL", RT])  # the source has no parts of it


def test_capacity_prices_are_known_from_the_day_after_the_results():
    [source] = sources_of("PJM", [SeriesName.CAPACITY_PRICE], parse_config(settings())["live"])
    asked = partial(observe, source, tools=SimpleNamespace(series={SeriesName.CAPACITY_PRICE}))
    start, end = (pd.Timestamp(t, tz="UTC") for t in ("2024-07-01", "2024-07-31 04:00"))
    assert asked(start, end).empty  # the results of 30 July are out at 04:00
    made = asked(start, end + pd.Timedelta("1s"))
    assert {*made[Observations.location]} == {"RTO", "BGE", "DOM"}
    rto = made[made[Observations.location] == "RTO"]
    assert [*rto[Observations.value].unique()] == [269.92]
    local = rto[Observations.valid_time].dt.tz_convert("America/New_York")
    assert [f"{t:%F %T}" for t in (local.min(), local.max())] == [
        "2025-06-01 00:00:00",
        "2026-05-31 00:00:00",
    ]
    assert len(rto) == 365
    assert (made[Observations.publish_time] < made[Observations.valid_time]).all()
