"""Energy and reserves in one programme, and how well a forecast picks hours.

Reserves are offered at issue time at any price, for expected prices and what midnight will find
stored. Awards are full, at the day-ahead price; what the store does not back then is paid back.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame
from scipy.stats import spearmanr

from rtlmp.asof.vintages import Floats
from rtlmp.battery import dispatch, strategies
from rtlmp.battery.programme import DayPrices, Reserves, settle, solve
from rtlmp.battery.revenue import YEAR, bounded, revenue_rows
from rtlmp.battery.strategies import Delivered, KnownAtIssue
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import issue_time
from rtlmp.config import Battery
from rtlmp.config.jobs import DispatchSettings
from rtlmp.evaluation.losses import bootstrap_weights
from rtlmp.evaluation.scores import ALL
from rtlmp.evaluation.tables import Revenue
from rtlmp.schemas.core import Observations, Scored
from rtlmp.schemas.names import Forecaster

RECENT: Final = 14  # days
BOTH, ENERGY = "energy_and_reserves", "energy_only"
Published: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]  # (hours, K) USD/MW, and when public
Measured: TypeAlias = dict[str, tuple[float, float]]  # of a day: their sums over days are divided
Daily: TypeAlias = dict[tuple[str, str], Floats]  # by rule and measure: (2, days)


def reserve_prices(table: DataFrame[Observations], series: list[SeriesName]) -> Published:
    """Of `reserve_series`, as first published. Raises ValueError where one has none."""
    if absent := {*map(str, series)} - {*table[Observations.series]}:
        raise ValueError(f"battery.reserves: no {sorted(absent)} in the source: add it or set null")
    keys = [Observations.valid_time, Observations.series]
    first = table.sort_values(Observations.publish_time, kind="stable").drop_duplicates(keys)
    both = first.pivot(index=keys[0], columns=keys[1])
    names = (Observations.value, Observations.publish_time)
    price, publish = (pd.DataFrame(both[of], columns=series) for of in names)
    return price, publish


def reserve_day(
    of: Published, config: DispatchSettings, day: date, recent: int = RECENT
) -> tuple[Floats, Floats]:
    """(K, hours) expected at issue time of two local days, from the `recent` prices last known of
    each hour, and what came on the first. Raises ValueError where one lacks."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    ahead, hours = (dispatch.hours_of(config, day, n) for n in (dispatch.LOOKAHEAD, 1))
    known = of[0].where(of[1] <= at).dropna(how="all").tz_convert(tz)
    last = known.groupby(pd.DatetimeIndex(known.index).hour).tail(recent)
    usual = last.groupby(pd.DatetimeIndex(last.index).hour).median()
    made = [usual.reindex(ahead.tz_convert(tz).hour), of[0].reindex(hours)]
    if lacking := {q for each in made for q in each if each[q].isna().any()}:
        raise ValueError(f"no price of {lacking} known at {at}, or for an hour of {hours[0]}: "
                         "shorten the backtest window, or set the product null")  # fmt: skip
    return made[0].to_numpy().T, made[1].to_numpy().T


def awards(battery: Battery, price: Floats) -> Reserves:
    """The reserves of `battery` at `price` (K, hours)."""
    names = battery.get("reserves", {})
    of = [(name != "regdn", of["hours"], of.get("deployed", 0)) for name, of in names.items()]
    most = np.full(price.shape, battery["power_mw"])
    return Reserves(price, most, *np.array(of, np.float64).reshape(-1, 3).T)


def delivered_day(
    known: KnownAtIssue, asked: Reserves, prices: DayPrices, paid: Floats, battery: Battery,
    stored: float,
) -> tuple[Delivered, float]:  # fmt: skip
    """A day from offers to delivery; MWh left. `asked` holds expected prices, `paid` (K, hours)."""
    n, market = len(prices.auction), strategies.real_time_market(known, known.expected)
    offered = solve(market._replace(reserves=asked), battery, stored)
    sold, most, price = 0 * known.expected, asked.most.copy(), asked.price.copy()
    sold[:n] = np.where(prices.auction >= known.expected[:n], offered.discharge[:n], 0.0)
    most[:, :n], price[:, :n] = offered.held[:, :n], paid + strategies.AWARD_PREMIUM
    awarded = asked._replace(price=price, most=most)
    sell = market.real + strategies.AWARD_PREMIUM
    done = solve(market._replace(sold=sold, sell=sell, reserves=awarded), battery, stored)
    hourly = done.discharge - done.charge + done.sold + done.called
    output = np.repeat(hourly[:n, None], prices.real.shape[1], axis=1)
    left = float(np.clip(done.stored[n - 1], 0, battery["energy_mwh"]))
    return (output, sold[:n], done.held[:, :n]), left


def earned(of: Delivered, prices: DayPrices, paid: Floats, battery: Battery) -> Measured:
    """USD/kW and year of one day by product, and cycles."""
    day, money = settle(*of[:2], prices, battery), YEAR / 1000 / battery["power_mw"]
    usd = dict(zip(battery.get("reserves", {}), (of[2] * paid).sum(axis=1), strict=True))
    wear = battery["wear_usd_mwh"] * day.discharged
    usd |= {"total": day.revenue + sum(usd.values()), "wear": -wear}
    usd["energy_day_ahead"] = day.day_ahead
    usd["energy_real_time"] = day.revenue + wear - day.day_ahead
    made = {f"{part}_usd_per_kw_year": (money * x, 1.0) for part, x in usd.items()}
    return {**made, "cycles_per_day": (day.discharged / battery["energy_mwh"], 1.0)}


def stack(
    known: Sequence[KnownAtIssue], came: Sequence[DayPrices],
    reserves: Sequence[tuple[Floats, Floats]], config: Battery,
) -> Daily:  # fmt: skip
    """Revenue by product with reserves and without, and share of perfect foresight."""
    out, total = Daily(), {}
    for rule, sold in {ENERGY: {}, BOTH: config.get("reserves", {})}.items():
        battery: Battery = {**config, "reserves": sold}
        stored, made = 0.0, list[Delivered]()
        expected, paid = zip(*((a[: len(sold)], b[: len(sold)]) for a, b in reserves), strict=True)
        for of, price, then, pay in zip(known, expected, came, paid, strict=True):
            asked = awards(battery, price)
            delivered, stored = delivered_day(of, asked, then, pay, battery, stored)
            made.append(delivered)
        perfect = list[Delivered]()
        for first in range(0, len(came), RECENT):  # of all days at once it is slow
            span = slice(first, first + RECENT)
            whole = awards(battery, np.concatenate(paid[span], axis=1))
            perfect += strategies.perfect_days(came[span], battery, True, whole)
        for name, days in {rule: made, f"perfect_{rule}": perfect}.items():
            out |= daily_arrays(
                name, (earned(*of, battery) for of in zip(days, came, paid, strict=True))
            )
            total[name] = out[name, "total_usd_per_kw_year"]
        out[rule, "share_of_perfect"] = np.array([total[rule][0], total[f"perfect_{rule}"][0]])
    ahead = total[BOTH] - [[1], [0]] * total[ENERGY]
    return {**out, (BOTH, "ahead_of_energy_only_usd_per_kw_year"): ahead}


def judged(forecast: Floats, real: Floats) -> Measured:
    """Of the hours of `real`: rank correlation; top-bottom spread caught; best hours hit."""
    forecast = forecast[: len(real)]
    out = {"spearman": (float(spearmanr(forecast, real).statistic), 1.0)}
    by, best = (np.argsort(of, kind="stable") for of in (forecast, real))
    for n in (1, 2, 4):  # hours
        caught, there = (float(real[of[-n:]].sum() - real[of[:n]].sum()) for of in (by, best))
        out[f"capture_tb{n}"] = caught, there
        out[f"hit_rate_best_{n}"] = float(np.isin(by[-n:], best[-n:]).sum()), n
    return out


def daily_arrays(rule: str, days: Iterable[Measured]) -> Daily:
    """The measures of each day as arrays."""
    rows = [*days]
    return {(rule, measure): np.array([row[measure] for row in rows]).T for measure in rows[0]}


def reserve_errors(of: Published, config: DispatchSettings, issued: Sequence[date]) -> Daily:
    """Absolute error of operating days' reserve prices, USD/MW, by product; and of persistence."""
    out = Daily()
    for rule, recent in {"median_of_same_hour": RECENT, "same_hour_persistence": 1}.items():
        days = (reserve_day(of, config, day, recent) for day in issued)
        wrong = np.array([np.abs(a[:, : b.shape[1]] - b).mean(axis=1) for a, b in days]).T
        for name, error in zip(of[0], wrong, strict=True):
            out[rule, f"{name}_absolute_error"] = np.array([error, np.ones_like(error)])
    return out


def trade_table(
    nodes: Iterable[dispatch.NodePrices], scored: DataFrame[Scored], reserves: Published | None,
    config: DispatchSettings, issued: Sequence[date],
) -> DataFrame[Revenue]:  # fmt: skip
    """Every measure with its interval, of all nodes together and of each."""
    of, sold = {}, [reserve_day(reserves, config, day) for day in issued if reserves]
    for node in nodes:
        came, at = [dispatch.observed_on(node, config, day) for day in issued], Daily()
        curves = dispatch.curves_of(scored, node.name)
        for model in (name for name in Forecaster if name in curves):
            known = [dispatch.known_at_issue(node, curves[model], config, day) for day in issued]
            pairs = zip(known, came, strict=True)
            at |= daily_arrays(model, (judged(a.expected, b.real.mean(axis=1)) for a, b in pairs))
            if sold and model == Forecaster.MODEL:
                at |= stack(known, came, sold, config["battery"])
        of[node.name] = at
    pooled = {key: np.sum([each[key] for each in of.values()], axis=0) for key in at}
    pooled |= reserve_errors(reserves, config, issued) if reserves else {}
    weights, rows = bootstrap_weights(len(issued), config["seed"]), []
    for place, daily in {ALL: pooled, **of}.items():
        for key, (x, to) in daily.items():
            value = bounded(np.array([x.sum() / to.sum()]), (weights @ x) / (weights @ to))
            rows.append((place, *key, *value))
    return revenue_rows(rows)
