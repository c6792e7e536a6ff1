"""A battery run through the observed prices, interval by interval, and paid for it."""

from typing import NamedTuple

import numpy as np

from rtlmp.asof.vintages import Floats
from rtlmp.battery.programme import cycle_energy, one_way
from rtlmp.battery.strategies import KnownAtIssue, Orders, Strategy
from rtlmp.config import Battery


class DayPrices(NamedTuple):
    """Prices of one operating day, USD/MWh."""

    real: Floats  # (hours, intervals)
    auction: Floats  # (hours,)


class Result(NamedTuple):
    """Of one operating day, named as the columns of `DispatchDays`."""

    revenue: float  # USD after wear
    day_ahead: float  # USD of it from awards
    charged: float  # MWh at the grid
    discharged: float


def operate(
    strategy: Strategy, known: KnownAtIssue, prices: DayPrices, stored: float, battery: Battery
) -> tuple[Result, float]:
    """One day from offers to settlement, and the energy left in the store."""
    offered = strategy.offers(known, battery)
    cleared = prices.auction >= offered.at_least
    awards = offered._replace(sold=np.where(cleared, offered.sold, 0.0))
    orders = strategy.orders(known, awards, stored, battery)
    output, stored = follow(orders, prices.real.shape[1], stored, battery)
    position = awards.sold - awards.bought
    return settle(output, position, prices, battery), stored


def follow(orders: Orders, intervals: int, stored: float, battery: Battery) -> tuple[Floats, float]:
    """Output (hours, intervals) in MW at the grid, and the energy left in the store."""
    way, dt, budget = one_way(battery), 1 / intervals, cycle_energy(battery)
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


def settle(output: Floats, position: Floats, prices: DayPrices, battery: Battery) -> Result:
    """Two settlements: awards at the day-ahead price, what differs from them in real time.

    `output` (hours, intervals) in MW, `position` (hours,) net day-ahead sale in MWh.
    """
    dt = 1 / output.shape[1]
    auction = float(position @ prices.auction)
    balance = dt * float(((output - position[:, None]) * prices.real).sum())
    charged, discharged = (dt * float(np.clip(s * output, 0, None).sum()) for s in (-1, 1))
    wear = battery["wear_usd_mwh"] * discharged
    return Result(auction + balance - wear, auction, charged, discharged)
