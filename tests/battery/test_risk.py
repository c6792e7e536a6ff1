"""A portfolio's tails against what a person would count, and its days against those of `value`."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from rtlmp.battery.dispatch import NodePrices, dispatch_days
from rtlmp.battery.programme import DayPrices, stressed
from rtlmp.battery.risk import PORTFOLIO, cases, climatology_curve, portfolio_of, risk_table
from rtlmp.catalog import MARKETS
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import DispatchDays, Revenue
from tests.helpers.build import settings, utc

DAYS = [date(2024, 3, 8), date(2024, 3, 9)]
HELD = {"start": date(2024, 3, 6), "end": date(2024, 3, 7)}
RISK = {
    "batteries": {"A": ["N", 2, 4], "B": ["N", 1, 1]},
    "stress": {"half": [1, 0.5]},
    "replay": {"held": HELD, "long_ago": {"start": date(2021, 2, 1), "end": date(2021, 2, 2)}},
}
CONFIG = parse_config(settings(nodes=["N"]) | {"risk": RISK})


def table(**revenue):
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-01-01", periods=100)]
    made = pd.concat(
        pd.DataFrame({"location": name, "rule": "forecast", "day": days, "revenue": of})
        for name, of in revenue.items()
    )
    return DispatchDays.validate(made.assign(day_ahead=0.0, charged=0.0, discharged=0.0))


def node():
    hours = pd.date_range("2024-02-20", "2024-03-13", freq="h", tz="UTC", unit="us")
    price = 30 + 25 * np.sin(np.arange(len(hours)) * 2 * np.pi / 24)
    real = pd.DataFrame(np.repeat(price[:, None], 12, axis=1), hours)
    told = hours.tz_convert(MARKETS["ERCOT"].tz).normalize() - pd.Timedelta("10h")
    publish = pd.Series(hours + pd.Timedelta("61min"), hours)
    auction = pd.Series(price, hours), pd.Series(told.tz_convert("UTC"), hours)
    return NodePrices("N", real, publish, *auction)


def curves(of):
    made = climatology_curve(of, CONFIG, DAYS)
    return dict.fromkeys(("model", "climatology", "persistence"), made)


def test_tails_of_batteries_and_of_their_sum_are_counted():
    rng = np.random.default_rng(0)
    a = rng.permutation(np.arange(100.0) - 10)
    days = table(A=a, B=-2 * a)
    made = risk_table({"as_it_was": days, "replay_then": days.iloc[:0]}, 7)
    value = made.set_index([Revenue.location, Revenue.measure])[Revenue.value]
    of = value["A"]
    assert of["as_it_was_historical_value_at_risk_95"] == 6  # the fifth of -10, -9, ...
    assert of["as_it_was_historical_expected_shortfall_95"] == 8
    assert of["as_it_was_historical_value_at_risk_99"] == 10
    assert of["as_it_was_parametric_value_at_risk_95"] == pytest.approx(1.6448536 * a.std() - 39.5)
    assert of["as_it_was_parametric_expected_shortfall_99"] == pytest.approx(
        2.665214 * a.std() - 39.5, rel=1e-5
    )
    assert of["as_it_was_monte_carlo_value_at_risk_95"] == pytest.approx(6, abs=1)
    assert of["correlation_with_B"] == pytest.approx(-1)
    sum_ = value[PORTFOLIO]
    assert sum_["as_it_was_worst_day_usd"] == (a - 2 * a).min()  # not the sum of worst days
    assert sum_["replay_then_days"] == 0  # not in the data
    assert sum_["as_it_was_usd_per_day"] == pytest.approx(-39.5)


def test_days_as_they_were_are_those_of_value_to_the_bit_and_absent_windows_are_left_out():
    of, config = node(), CONFIG
    made = dict(cases(of, curves(of), config, DAYS))
    assert [*made] == ["half", "as_it_was", "replay_held"]
    value = dispatch_days(of, curves(of), config, DAYS)
    same = value[value[DispatchDays.rule].isin(made["as_it_was"][DispatchDays.rule])]
    assert same.reset_index(drop=True).equals(made["as_it_was"])
    assert {*made["replay_held"][DispatchDays.day]} == {"2024-03-06", "2024-03-07"}
    assert "forecast" not in {*made["replay_held"][DispatchDays.rule]}
    total = {case: days[DispatchDays.revenue].sum() for case, days in made.items()}
    assert total["half"] < total["as_it_was"]


def test_a_curve_of_the_past_sees_none_of_what_is_published_later():
    of, at = node(), utc("2024-03-08 16:00")
    poisoned = of._replace(real=of.real.where(of.real_publish <= at, 1e5))
    assert climatology_curve(of, CONFIG, DAYS[:1]).equals(
        climatology_curve(poisoned, CONFIG, DAYS[:1])
    )


def test_stress_pulls_each_market_to_its_own_mean_and_calm_leaves_every_bit():
    prices = DayPrices(np.array([[0.1, 40.0]]), np.array([10.0, 30.0]))
    assert stressed(prices, (1.5, 0.5)).auction.tolist() == [22.5, 37.5]
    assert stressed(prices, (1.5, 1)).real.tolist() == [[0.1 * 1.5, 60.0]]
    assert all((a == b).all() for a, b in zip(stressed(prices, (1, 1)), prices, strict=True))


def test_batteries_have_their_node_and_size_and_a_stranger_is_refused():
    assert portfolio_of(CONFIG)["A"][1]["energy_mwh"] == 4
    assert [*portfolio_of(parse_config(settings()))] == parse_config(settings())["nodes"]
    with pytest.raises(ValueError, match=r"risk.batteries has \['M'\]"):
        parse_config(settings(risk={"batteries": {"A": ["M", 1, 2]}}))
    with pytest.raises(ValueError, match="august ends before it starts"):
        window = {"start": "2023-08-31", "end": "2023-08-01"}
        parse_config(settings(risk={"replay": {"august": window}}))
