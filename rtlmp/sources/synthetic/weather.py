"""Physical half of the synthetic world: weather, demand, generation, outages, and who knew what.

A quantity is a base that everyone knows plus a Gaussian error that is revealed in independent
pieces: one with each morning's forecast, the last one on the day itself. A forecast is therefore
the mean of all outcomes still possible (a martingale), and what is left unknown after a forecast
made k days ahead has the standard deviation ``sd * UNKNOWN[k]``, whatever else is public.

Nothing is clipped, as that would distort the Gaussian: ``sd`` vanishes with the base instead (no
sun at night, no wind in a calm), so that 0 lies 3.8 standard deviations away or more: wind may
fall below it for six hours in a century. Random numbers are generated day by day, each quantity's
from its own stream, so a later `end` leaves all earlier values as they are.
"""

from datetime import date, timedelta
from itertools import accumulate
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from rtlmp.asof.view import HOUR
from rtlmp.asof.vintages import Floats, Ints
from rtlmp.catalog import SeriesName
from rtlmp.clock import SATURDAY, days, instant

# Forecasts reach this many days ahead: a 72-hour horizon may end at 01:00 of D+4.
REACH: Final = 5
# Error left in a forecast made k = 0..5 days ahead, as a multiple of that made one day ahead.
UNKNOWN: Final = np.array([0.75, 1.0, 1.25, 1.5, 1.65, 1.75])
ERROR_MEMORY: Final = 0.9  # correlation of a piece of error from one hour to the next
LATITUDE: Final = np.radians(31.5)
SOLAR_NOON: Final = 18.6  # hour of the UTC day
WIND_GW: Final = 39.0
STORM_DAYS: Final = 4  # from the first frost of a winter storm to the thaw
STORMY: Final = 0.015  # chance that one begins on a day of winter
WINTER: Final = 0.78  # of the season's wave: mid December to the end of February
FROST: Final = 0.0  # degC below which plants freeze
SUN_GW: Final = 24.0


class Hours(NamedTuple):
    """Arrays of one entry an hour, from the first local midnight to `REACH` days past the end."""

    start: pd.DatetimeIndex  # UTC
    day: Ints  # local days since the first
    slot: Ints  # hours since local midnight, 0..24
    clock: Floats  # hour on the local clock
    year: Floats  # position in the year as an angle, 0 on 1 January
    work: Floats  # 1 on Monday to Friday, else 0


class Quantity(NamedTuple):
    """`known[0]`: observed; `known[1 + k]`: the forecast made k days ahead; shape (7, hours)."""

    known: Floats
    sd: Floats  # of the error of a forecast made one day ahead, shape (hours,)


class Weather(NamedTuple):
    temperature: Quantity  # degC
    load: Quantity  # GW, as all below
    wind: Quantity
    solar: Quantity
    outage: Quantity


def calendar(start: date, end: date, tz: str) -> Hours:
    """Every hour of the local days `start`..`end` + `REACH`; 23 or 25 where clocks change."""
    after = end + timedelta(days=REACH + 1)
    midnights = pd.DatetimeIndex([instant(d, "00:00", tz) for d in days(start, after)])
    utc = pd.date_range(midnights[0], midnights[-1], freq="h", inclusive="left", unit="us")
    local = utc.tz_convert(tz)
    day = midnights.searchsorted(utc, side="right") - 1
    return Hours(
        start=utc,
        day=day,
        slot=((utc - midnights[day]) // HOUR).to_numpy(),
        clock=local.hour.to_numpy(np.float64),
        year=2 * np.pi * local.dayofyear.to_numpy(np.float64) / 365.25,
        work=(local.dayofweek < SATURDAY).astype(np.float64),
    )


def generator(seed: int, name: str) -> np.random.Generator:
    """A stream of its own for every name: a new node or quantity moves no other."""
    return np.random.default_rng([seed, crc32(name.encode())])


def within_days(rng: np.random.Generator, hours: Hours, pieces: int) -> Floats:
    """Standard normal, alike from hour to hour, independent between days; (pieces, hours)."""
    z = rng.standard_normal((hours.day[-1] + 1, pieces, 25))
    for slot in range(1, 25):
        z[..., slot] *= np.sqrt(1 - ERROR_MEMORY**2)
        z[..., slot] += ERROR_MEMORY * z[..., slot - 1]
    return z[hours.day, :, hours.slot].T


def weather(hours: Hours, seed: int) -> Weather:
    """All that prices depend on, apart from the nodes' own traits."""
    storm = storm_degrees(hours, generator(seed, "winter storms"))
    temperature = _temperature(hours, generator(seed, SeriesName.TEMPERATURE_FORECAST), storm)
    return Weather(
        temperature=temperature,
        load=_load(hours, generator(seed, SeriesName.LOAD), temperature),
        wind=_wind(hours, generator(seed, SeriesName.WIND)),
        solar=_solar(hours, generator(seed, SeriesName.SOLAR)),
        outage=_outage(hours, generator(seed, SeriesName.OUTAGE_FORECAST), temperature, storm),
    )


def storm_degrees(hours: Hours, rng: np.random.Generator) -> Floats:
    """degC by which winter storms cool an hour, 8 to 17 at their height: about one a winter.

    Outside of them 0, so that they change no other day.
    """
    dice, depth = rng.random((hours.day[-1] + 1, 2)).T
    start = np.where(dice < STORMY, 8 + 9 * depth, 0.0)
    start[hours.day[np.cos(hours.year - 0.35) < WINTER]] = 0.0
    cold = np.zeros(len(hours.day))
    for age in range(min(STORM_DAYS, len(start))):
        began = np.concatenate([np.zeros(age), start])[hours.day]
        cold = np.maximum(cold, began * np.sin((age + hours.slot / 25) * np.pi / STORM_DAYS))
    return cold


def _temperature(hours: Hours, rng: np.random.Generator, storm: Floats) -> Quantity:
    """Hottest at the end of July and at 16:00; storms are less sure than other weather."""
    season = 20 - 9.5 * np.cos(hours.year - 0.35)
    spell = _spell(rng, hours, 60) * (4 + 2 * np.cos(hours.year))
    base = season + spell + 5 * _wave(hours.clock - 16) - storm
    return _quantity(rng, hours, base, 0.8 + 0.08 * storm)


def _load(hours: Hours, rng: np.random.Generator, temperature: Quantity) -> Quantity:
    """People's rhythm plus cooling above 20 and heating below 12 degC, linear in its surprises."""
    base_temperature = temperature.known[-1]
    hot, cold = (base_temperature - 20) / 2, (12 - base_temperature) / 2
    cooling, heating = (2 * slope * np.logaddexp(0, z) for slope, z in ((1.6, hot), (1.4, cold)))
    rhythm = 3.5 * _wave(hours.clock - 19) + (2 + hours.work) * _wave(2 * (hours.clock - 7.5))
    base = 43 + 2 * hours.work + rhythm + cooling + heating
    slope = 1.6 / (1 + np.exp(-hot)) - 1.4 / (1 + np.exp(-cold))
    own = _quantity(rng, hours, base, 0.014 * base)
    surprise = temperature.known - base_temperature
    return Quantity(own.known + slope * surprise, np.hypot(own.sd, slope * temperature.sd))


def _wind(hours: Hours, rng: np.random.Generator) -> Quantity:
    """Nights and springs are windy; forecasts err most in the middle of the power curve."""
    season = 0.3 * np.cos(hours.year - 1.6) + 0.35 * _wave(hours.clock - 1)
    share = 1 / (1 + np.exp(0.45 - season - 1.1 * _spell(rng, hours, 40)))
    return _quantity(rng, hours, WIND_GW * share, WIND_GW * (share - share**2) ** 2)


def _solar(hours: Hours, rng: np.random.Generator) -> Quantity:
    """Height of the sun, flattened by panels that follow it, less the clouds."""
    tilt = np.radians(-23.44 * np.cos(hours.year + 0.17))
    hour_angle = (hours.start.hour.to_numpy() + 0.5 - SOLAR_NOON) * np.pi / 12
    height = np.sin(LATITUDE) * np.sin(tilt) + np.cos(LATITUDE) * np.cos(tilt) * np.cos(hour_angle)
    clear = SUN_GW * np.maximum(height, 0) ** 0.7
    base = clear * (0.3 + 0.65 / (1 + np.exp(-1.4 - 1.3 * _spell(rng, hours, 30))))
    return _quantity(rng, hours, base, 0.09 * base)


def _outage(
    hours: Hours, rng: np.random.Generator, temperature: Quantity, storm: Floats
) -> Quantity:
    """Plants are repaired in spring and autumn, break at random for days, and freeze in storms."""
    planned = 3.5 * np.maximum(-np.cos(2 * hours.year), 0)
    base = planned + 7 * np.exp(0.25 * _spell(rng, hours, 120))
    frost = np.maximum(FROST - temperature.known[-1], 0)
    frozen = np.where(storm > 0, 0.8 * frost, 0.0)
    return _quantity(rng, hours, base + frozen, 0.08 * base + 0.2 * frozen)


def _quantity(rng: np.random.Generator, hours: Hours, base: Floats, sd: Floats) -> Quantity:
    """Add the errors, from a stream of their own; the last of `UNKNOWN` is revealed first."""
    piece_sd = np.sqrt(np.diff(UNKNOWN**2, prepend=0))[:, None]
    pieces = within_days(rng.spawn(1)[0], hours, len(UNKNOWN)) * piece_sd
    revealed = np.cumsum(pieces[::-1], axis=0)[::-1]
    return Quantity(base + sd * np.vstack([revealed, np.zeros_like(base)]), sd)


def _spell(rng: np.random.Generator, hours: Hours, memory: float) -> Floats:
    """Standard normal weather that lasts for about `memory` hours; shape (hours,)."""
    decay = float(np.exp(-1 / memory))
    news = rng.standard_normal(len(hours.start)) * np.sqrt(1 - decay**2)
    return np.fromiter(accumulate(news.tolist(), lambda now, new: decay * now + new), np.float64)


def _wave(hour: Floats) -> Floats:
    """Cosine with its top where `hour` is 0, once a day."""
    return np.cos(hour * np.pi / 12)
