"""What each strategy does with a day, from what it may know; none sees the prices to come."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.battery.programme import Index, Market, Plan, solve
from rtlmp.config import Battery

AWARD_PREMIUM: Final = 1e4  # USD/MWh above any price: awards are delivered before all else


class KnownAtIssue(NamedTuple):
    """Known at issue time of the hours of the next two local days: (hours,) each."""

    hour: Index  # local hour of day
    day: Index  # 0: the operating day, 1: the next
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


Offer: TypeAlias = Callable[[KnownAtIssue, Battery], Offers]
Order: TypeAlias = Callable[[KnownAtIssue, Offers, float, Battery], Orders]  # awards, MWh stored


class Strategy(NamedTuple):
    curve: str  # model whose curve it is given
    offers: Offer
    orders: Order


def offers_of_forecast(known: KnownAtIssue, battery: Battery) -> Offers:
    """What the programme would sell at expected prices, each hour at its expected price."""
    today = known.day == 0
    plan = solve(_real_time(known, known.expected), battery, 0.0)
    return Offers(plan.discharge[today], known.expected[today], np.zeros(today.sum()))


def orders_of_forecast(
    known: KnownAtIssue, awarded: Offers, stored: float, battery: Battery
) -> Orders:
    """The best schedule for expected prices from what is stored, awards first."""
    today = known.day == 0
    market = _real_time(known, known.expected)
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
    plan = solve(_real_time(known, known.yesterday), battery, stored)
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
    plan = solve(Market(prices, prices, prices, day, most, most, trade=False), battery, 0.0)
    return Offers(plan.sold, np.full(len(prices), -np.inf), plan.bought)


def orders_of_awards(_: KnownAtIssue, awarded: Offers, __: float, ___: Battery) -> Orders:
    """Deliver the awards, touch nothing else."""
    idle = np.zeros(len(awarded.sold), dtype=np.bool_)
    return Orders(idle, idle, awarded.sold - awarded.bought)


def _real_time(known: KnownAtIssue, prices: Floats) -> Market:
    none = np.zeros_like(prices)
    return Market(prices, prices, prices, known.day, none, none, trade=True)


def _scheduled(plan: Plan, today: Flags) -> Orders:
    return Orders(plan.discharge[today] > 0, plan.charge[today] > 0, np.zeros(today.sum()))


STRATEGIES: Final[dict[str, Strategy]] = {
    "forecast": Strategy("model", offers_of_forecast, orders_of_forecast),
    "forecast_real_time": Strategy("model", no_offers, orders_of_forecast),
    "climatology_rule": Strategy("climatology", offers_of_forecast, orders_of_forecast),
    "persistence_rule": Strategy("persistence", offers_of_forecast, orders_of_forecast),
    "day_ahead": Strategy("climatology", offers_of_auction, orders_of_awards),
    "persistence": Strategy("climatology", no_offers, orders_of_persistence),
    "fixed_clock": Strategy("climatology", no_offers, orders_of_clock),
}
