"""The linear programme of a battery: when to charge, discharge, and trade day-ahead.

Stored energy moves with the square root of the round-trip efficiency each way. Variables, in
this order: charge and discharge (T,) MW in real time, energy stored at the end of each period
(T,), energy sold and bought day-ahead (H,), MWh, MW held for each of K reserves (K, H).
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import linprog

from rtlmp.asof.vintages import Floats
from rtlmp.battery import Stress
from rtlmp.config import Battery

Index = npt.NDArray[np.intp]
Limits: TypeAlias = tuple[sp.csr_array, Floats]  # rows and their bounds


class Reserves(NamedTuple):
    """K reserves, awarded by the hour; the share `deployed` of what is held is called."""

    price: Floats  # (K, H) USD/MW
    most: Floats  # (K, H) MW
    up: Floats  # (K,) 1: a call discharges; 0: it charges
    hours: Floats  # (K,) that a call may last: MWh a MW, at the grid
    deployed: Floats  # (K,)


NO_RESERVES: Final = Reserves(*[np.empty((0, 1))] * 2, *[np.empty(0)] * 3)


class MarketPrices(NamedTuple):
    """T periods of real time in H day-ahead hours; prices in USD/MWh."""

    real: Floats  # (T,)
    sell: Floats  # (H,) what a day-ahead sale gets
    buy: Floats  # (H,) what a purchase pays
    day: Index  # (H,) local day, from 0
    sold: Floats  # (H,) most that may be sold day-ahead, MWh
    bought: Floats
    trade: bool  # whether real time may be traded
    reserves: Reserves = NO_RESERVES


class Schedule(NamedTuple):
    charge: Floats  # (T,) MW
    discharge: Floats
    sold: Floats  # (H,) MWh
    bought: Floats
    stored: Floats  # (T,) MWh at the end of each period
    held: Floats  # (K, H) MW
    called: Floats  # (H,) MW of it delivered, less taken


def solve(market: MarketPrices, battery: Battery, stored: float) -> Schedule:
    """The plan of highest revenue less wear, from `stored` MWh."""
    t, h = len(market.real), len(market.sell)
    way, hours = one_way(battery), h / t  # of a period
    right = np.zeros(t)
    right[0] = stored
    power = np.full(2 * t, battery["power_mw"] if market.trade else 0.0)
    energy, awards = np.full(t, battery["energy_mwh"]), market.reserves.most.ravel()
    upper = np.concatenate([power, energy, market.sold, market.bought, awards])
    cost = _cost(market, battery, hours)
    limits, most = _limits(market, battery, way, hours)
    if len(awards):
        kept, room = _kept_free(market, battery, way, stored)
        limits, most = sp.csr_array(sp.vstack([limits, kept])), np.concatenate([most, room])
    balance = _balance(market, way, hours)
    bounds = np.column_stack([np.zeros_like(upper), upper])
    found = linprog(cost, limits, most, balance, right, bounds, method="highs")
    if found.status != 0:
        raise ValueError(f"battery of {battery} from {stored:.3f} MWh stored: {found.message}")
    charge, discharge, level, sold, bought, awarded = np.split(found.x, np.cumsum([t, t, t, h, h]))
    held, (_, _, up, _, deployed) = awarded.reshape(-1, h), market.reserves
    return Schedule(charge, discharge, sold, bought, level, held, (2 * up - 1) * deployed @ held)


def one_way(battery: Battery) -> float:
    """Share of energy that survives one way, in or out."""
    return float(np.sqrt(battery["efficiency"]))


def cycle_energy(battery: Battery) -> float:
    """MWh that may leave the store in a local day."""
    return battery["cycles_per_day"] * battery["energy_mwh"]


class DayPrices(NamedTuple):
    """Prices of one operating day, USD/MWh."""

    real: Floats  # (hours, intervals)
    auction: Floats  # (hours,)


def stressed(prices: DayPrices, stress: Stress) -> DayPrices:
    """Both markets' prices of a day, each pulled to its own mean; CALM leaves every bit."""
    level, spread = stress
    return DayPrices(*(level * (spread * of + (1 - spread) * of.mean()) for of in prices))


class Result(NamedTuple):
    """Of one operating day, named as the columns of `DispatchDays`."""

    revenue: float  # USD after wear
    day_ahead: float  # USD of it from awards
    charged: float  # MWh at the grid
    discharged: float


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


def _cost(market: MarketPrices, battery: Battery, hours: float) -> Floats:
    """USD that each unit of each variable costs."""
    wear = battery["wear_usd_mwh"]
    traded = [hours * market.real, hours * (wear - market.real), np.zeros_like(market.real)]
    price, _, up, _, deployed = market.reserves
    real = market.real.reshape(len(market.sell), -1).mean(axis=1)
    called = deployed[:, None] * np.where(up[:, None], wear - real, real)
    return np.concatenate([*traded, wear - market.sell, market.buy, (called - price).ravel()])


def _balance(market: MarketPrices, way: float, hours: float) -> sp.csr_array:
    """stored_i - stored_{i-1} - way x charged + discharged / way = 0: (T, variables)."""
    t, h, (_, _, up, _, deployed) = len(market.real), len(market.sell), market.reserves
    each, of_hour = sp.eye_array(t), _of_hour(t, h)
    stored = each - sp.eye_array(t, k=-1)
    moved = [-way * hours * each, hours / way * each]
    called = _each(np.where(up, 1 / way, -way) * deployed * hours, of_hour)
    awards = [hours / way * of_hour, -way * hours * of_hour, called]
    return sp.csr_array(sp.hstack([*moved, stored, *awards]))


def _kept_free(market: MarketPrices, battery: Battery, way: float, stored: float) -> Limits:
    """Power, and at both ends of every period energy, kept for what is held: (6 T, variables)."""
    t, h, (_, _, up, lasts, _) = len(market.real), len(market.sell), market.reserves
    each, of_hour, no_award = sp.eye_array(t), _of_hour(t, h), sp.csr_array((t, 2 * h))
    none, before = sp.csr_array((t, t)), stored * np.eye(1, t)[0]
    power = np.full(t, battery["power_mw"])
    net = sp.hstack([-each, each, none, of_hour, -of_hour])
    rows, most = [[net, _each(up, of_hour)], [-net, _each(1 - up, of_hour)]], [power, power]
    for level, at in ((each, 0 * before), (sp.eye_array(t, k=-1), before)):
        for sign, lost in ((-1, up / way), (1, (1 - up) * way)):
            rows.append([none, none, sign * level, no_award, _each(lost * lasts, of_hour)])
        most += [at, battery["energy_mwh"] - at]
    return sp.csr_array(sp.vstack([sp.hstack(row) for row in rows])), np.concatenate(most)


def _each(factor: Floats, of: sp.csr_array) -> sp.csr_array:
    """`of` (rows, H), times each (K,) factor, side by side: (rows, K H)."""
    return sp.csr_array(sp.kron(factor[None], of))


def _limits(market: MarketPrices, battery: Battery, way: float, hours: float) -> Limits:
    """Power of every period, and cycles of every day: (T + days, variables) and its bounds."""
    t, h, (_, _, up, _, deployed) = len(market.real), len(market.sell), market.reserves
    each, of_hour, none = sp.eye_array(t), _of_hour(t, h), sp.csr_array((t, t))
    power = sp.hstack([each, each, none, of_hour, of_hour, _each(0 * up, of_hour)])
    days = int(market.day[-1]) + 1
    of_day = sp.csr_array((np.ones(h), (market.day, np.arange(h))), shape=(days, h))
    out = of_day @ of_hour.T * (hours / way)
    idle, unbought = sp.csr_array((days, t)), sp.csr_array((days, h))
    called = _each(up * deployed / way, of_day)
    cycles = sp.hstack([idle, out, idle, of_day / way, unbought, called])
    most = np.repeat([battery["power_mw"], cycle_energy(battery)], [t, days])
    return sp.csr_array(sp.vstack([power, cycles])), most


def _of_hour(t: int, h: int) -> sp.csr_array:
    """1 where a period lies in an hour: (T, H)."""
    return sp.csr_array((np.ones(t), (np.arange(t), np.arange(t) * h // t)), shape=(t, h))
