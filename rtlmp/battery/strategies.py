"""What each strategy does with a day, from what it may know, and what the day then pays.

None sees the prices to come, but for perfect foresight.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.battery import StrategyName, programme
from rtlmp.battery.programme import NO_RESERVES, DayPrices, MarketPrices, Reserves, settle, solve
from rtlmp.config import Battery
from rtlmp.schemas.names import Forecaster

# output (hours, intervals) MW, net day-ahead sale (hours,) MWh, reserves held (K, hours) MW
Delivered: TypeAlias = tuple[Floats, Floats, Floats]
AWARD_PREMIUM: Final = 1e4  # USD/MWh above any price: awards are delivered before all else


class KnownAtIssue(NamedTuple):
    """Known at issue time of the hours of the next two local days: (hours,) each."""

    hour: programme.Index  # local hour of day
    day: programme.Index  # 0: the operating day, 1: the next
    expected: Floats  # E[real-time price] by the curve, USD/MWh
    yesterday: Floats  # mean real-time price of the same hour, latest known
    auction: Floats  # day-ahead price of the same hour, latest known


class Offers(NamedTuple):
    """Day-ahead offers of the operating day, (hours,) each."""

    sold: Floats  # MWh
    at_least: Floats  # USD/MWh a sale must fetch
    bought: Floats  # MWh at any price


class Orders(NamedTuple):
    """What the battery does in each hour of the operating day, (hours,) each."""

    discharge: Flags  # at full power, as far as the store allows
    charge: Flags
    due: Floats  # MW delivered against awards; below 0 taken


class Strategy(NamedTuple):
    curve: str  # model whose curve it is given
    offers: Callable[[KnownAtIssue, Battery], Offers]
    orders: Callable[[KnownAtIssue, Offers, float, Battery], Orders]  # of awards, MWh stored


def offers_of_forecast(known: KnownAtIssue, battery: Battery) -> Offers:
    """What the programme would sell at expected prices, each hour at its expected price."""
    today = known.day == 0
    plan = solve(real_time_market(known, known.expected), battery, 0.0)
    return Offers(plan.discharge[today], known.expected[today], np.zeros(today.sum()))


def orders_of_forecast(
    known: KnownAtIssue, awarded: Offers, stored: float, battery: Battery
) -> Orders:
    """The best schedule for expected prices from what is stored, awards first."""
    today = known.day == 0
    market = real_time_market(known, known.expected)
    sold = np.where(today, np.resize(awarded.sold, len(today)), 0.0)
    plan = solve(market._replace(sold=sold, sell=market.real + AWARD_PREMIUM), battery, stored)
    return _scheduled(plan, today)._replace(due=plan.sold[today])


def no_offers(known: KnownAtIssue, _: Battery) -> Offers:
    """Nothing day-ahead."""
    none = np.zeros((known.day == 0).sum())
    return Offers(none, none, none)


def orders_of_persistence(
    known: KnownAtIssue, _: Offers, stored: float, battery: Battery
) -> Orders:
    """The best schedule for yesterday's real-time prices."""
    plan = solve(real_time_market(known, known.yesterday), battery, stored)
    return _scheduled(plan, known.day == 0)


def orders_of_clock(known: KnownAtIssue, _: Offers, __: float, battery: Battery) -> Orders:
    """The same local hours every day."""
    hour = known.hour[known.day == 0]
    discharge, charge = (np.isin(hour, battery[key]) for key in ("clock_discharge", "clock_charge"))
    return Orders(discharge, charge, np.zeros(len(hour)))


def offers_of_auction(known: KnownAtIssue, battery: Battery) -> Offers:
    """The best day-ahead schedule for the latest public day-ahead prices, at any price."""
    prices = known.auction[known.day == 0]
    most = np.full(len(prices), battery["power_mw"])
    day = np.zeros(len(prices), dtype=np.intp)
    plan = solve(MarketPrices(prices, prices, prices, day, most, most, trade=False), battery, 0.0)
    return Offers(plan.sold, np.full(len(prices), -np.inf), plan.bought)


def orders_of_awards(_: KnownAtIssue, awarded: Offers, __: float, ___: Battery) -> Orders:
    """Deliver the awards, touch nothing else."""
    idle = np.zeros(len(awarded.sold), dtype=np.bool_)
    return Orders(idle, idle, awarded.sold - awarded.bought)


def real_time_market(known: KnownAtIssue, prices: Floats) -> MarketPrices:
    none = np.zeros_like(prices)
    return MarketPrices(prices, prices, prices, known.day, none, none, trade=True)


def _scheduled(plan: programme.Schedule, today: Flags) -> Orders:
    return Orders(plan.discharge[today] > 0, plan.charge[today] > 0, np.zeros(today.sum()))


_FORECAST: Final = (offers_of_forecast, orders_of_forecast)
STRATEGIES: Final[dict[str, Strategy]] = {
    StrategyName.FORECAST: Strategy(Forecaster.MODEL, *_FORECAST),
    StrategyName.FORECAST_REAL_TIME: Strategy(Forecaster.MODEL, no_offers, orders_of_forecast),
    StrategyName.CLIMATOLOGY_RULE: Strategy(Forecaster.CLIMATOLOGY, *_FORECAST),
    StrategyName.PERSISTENCE_RULE: Strategy(Forecaster.PERSISTENCE, *_FORECAST),
    StrategyName.DAY_AHEAD: Strategy(Forecaster.CLIMATOLOGY, offers_of_auction, orders_of_awards),
    StrategyName.PERSISTENCE: Strategy(Forecaster.CLIMATOLOGY, no_offers, orders_of_persistence),
    StrategyName.FIXED_CLOCK: Strategy(Forecaster.CLIMATOLOGY, no_offers, orders_of_clock),
}


def operate(
    strategy: Strategy, known: Iterable[KnownAtIssue], days: Iterable[DayPrices], battery: Battery
) -> list[programme.Result]:
    """Each day from offers to settlement; what is stored at midnight is carried over."""
    stored, results = 0.0, []
    for at_issue, prices in zip(known, days, strict=True):
        offered = strategy.offers(at_issue, battery)
        cleared = prices.auction >= offered.at_least
        awards = offered._replace(sold=np.where(cleared, offered.sold, 0.0))
        orders = strategy.orders(at_issue, awards, stored, battery)
        output, stored = follow(orders, prices.real.shape[1], stored, battery)
        results.append(settle(output, awards.sold - awards.bought, prices, battery))
    return results


def perfect_foresight(
    days: Sequence[DayPrices], battery: Battery, real_time: bool
) -> list[programme.Result]:
    """The best any battery could do that knew the prices of all days: one programme for them."""
    each = zip(days, perfect_days(days, battery, real_time), strict=True)
    return [settle(output, sold, prices, battery) for prices, (output, sold, _) in each]


def perfect_days(
    days: Sequence[DayPrices], battery: Battery, real_time: bool, reserves: Reserves = NO_RESERVES
) -> list[Delivered]:
    """What it delivers each day; `reserves` are those of all days."""
    real, auction = (np.concatenate(prices) for prices in zip(*days, strict=True))
    hours = [len(prices.auction) for prices in days]
    day = np.repeat(np.arange(len(days)), hours)
    most = np.full(len(auction), battery["power_mw"])
    market = MarketPrices(real.ravel(), auction, auction, day, most, most, real_time, reserves)
    plan = solve(market, battery, 0.0)
    position = plan.sold - plan.bought
    output = (plan.discharge - plan.charge).reshape(real.shape) + position[:, None]
    output += plan.called[:, None]
    by_day = (np.split(of, np.cumsum(hours)[:-1]) for of in (output, position, plan.held.T))
    return [(out, sold, held.T) for out, sold, held in zip(*by_day, strict=True)]


def follow(orders: Orders, intervals: int, stored: float, battery: Battery) -> tuple[Floats, float]:
    """Output (hours, intervals) in MW at the grid, and the energy left in the store."""
    way, dt, budget = programme.one_way(battery), 1 / intervals, programme.cycle_energy(battery)
    reserved = float(np.clip(orders.due, 0, None).sum()) / way  # MWh that later awards need
    power, capacity = battery["power_mw"], battery["energy_mwh"]
    output = []
    for discharge, charge, due in zip(*(of.tolist() for of in orders), strict=True):
        for _ in range(intervals):
            reserved -= max(due, 0.0) * dt / way
            most = min(stored, budget) * way / dt
            spare = min(power if discharge else 0.0, most - reserved * way / dt)
            give = max(min(due, most), spare, 0.0)
            room = (capacity - stored) / way / dt
            take = max(-power if charge else min(due, 0.0), -room)
            output.append(give or take)
            stored -= dt * (give / way or take * way)
            budget -= dt * give / way
    return np.array(output).reshape(-1, intervals), stored
