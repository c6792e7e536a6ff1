"""Publication in the synthetic world: observations of it, each when the real ones are public."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR
from rtlmp.asof.vintages import Flags, Floats
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import days, instant
from rtlmp.schemas.core import Observations
from rtlmp.sources.synthetic import NAMED
from rtlmp.sources.synthetic.price import (
    NO_GRID,
    RUNS,
    Margin,
    day_ahead_price,
    margin,
    price,
    run_noise,
)
from rtlmp.sources.synthetic.weather import REACH, Hours, Weather, generator

SYSTEM: Final = MARKETS["ERCOT"].system
Runs: TypeAlias = Mapping[str, Floats]  # price of each run by node, (hours, 12)
METERED: Final = "05:50"  # local clock of the next day, for load
VINTAGES: Final = {  # local clock of each day's forecasts
    SeriesName.LOAD_FORECAST: "09:30",
    SeriesName.TEMPERATURE_FORECAST: "09:35",
    SeriesName.OUTAGE_FORECAST: "09:40",
    SeriesName.WIND_FORECAST: "09:55",
    SeriesName.SOLAR_FORECAST: "09:55",
}
WAYS: Final = {"INTO": 1, "OUT OF": -1}
DAY_AHEAD: Final = "13:30"  # local clock of the day before


class MarketDays(NamedTuple):
    """Local days with real-time prices, and their hours."""

    start: date
    end: date
    tz: str
    hours: Hours

    def instants(self, local: str, after: int = 0) -> pd.DatetimeIndex:
        """UTC of the clock time `local`, `after` days after each day that `hours` touches."""
        whole = days(self.start, self.end + timedelta(days=REACH))
        shift = timedelta(days=after)
        return pd.DatetimeIndex([instant(day + shift, local, self.tz) for day in whole])

    @property
    def length(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def past(self) -> Flags:
        """Hours that have actual values."""
        return self.hours.day < self.length


def published_series(
    window: MarketDays, state: Weather, margins: Mapping[str, Margin], seed: int,
    named: Collection[str] = (),
) -> dict[SeriesName, DataFrame[Observations]]:  # fmt: skip
    """All that is published of the window; `margins` by node, names sorted. Of `NAMED` those that
    are `named`."""
    noise = run_noise(window.hours, seed)[window.past]
    runs = {node: price(m.known[0, window.past, None] + noise) for node, m in margins.items()}
    free = price(margin(state, NO_GRID).known[0, window.past, None] + noise)
    return {
        **_actuals(window, state),
        **_vintages(window, state),
        SeriesName.DAM_SPP: _day_ahead(window, margins, seed),
        SeriesName.RT_LMP: _of_runs(SeriesName.RT_LMP, window, runs, seed),
        SeriesName.RT_SPP: _quarters(window, runs),
        **{q: _of_runs(q, window, _of_grid(q, runs, free), seed) for q in NAMED if q in named},
    }


def _actuals(window: MarketDays, state: Weather) -> dict[SeriesName, DataFrame[Observations]]:
    """Load a day later, wind and solar 55 minutes after the hour."""
    hours, past = window.hours, window.past
    metered = window.instants(METERED, after=1)[hours.day]
    telemetry = hours.start + HOUR + pd.Timedelta(minutes=55)
    made = {
        SeriesName.LOAD: (metered, state.load),
        SeriesName.WIND: (telemetry, state.wind),
        SeriesName.SOLAR: (telemetry, state.solar),
    }
    return {
        q: _table(q, publish[past], hours.start[past], {SYSTEM: 1000 * quantity.known[0, past]})
        for q, (publish, quantity) in made.items()
    }


def _vintages(window: MarketDays, state: Weather) -> dict[SeriesName, DataFrame[Observations]]:
    """Every morning's forecasts of the hours from then to `REACH` days ahead."""
    made = window.hours.day - np.arange(REACH + 1)[:, None]  # day of publication, (ahead, hours)
    ahead, hour = np.nonzero((made >= 0) & (made < window.length))
    valid, tables = window.hours.start[hour], {}
    quantities = (state.load, state.temperature, state.outage, state.wind, state.solar)
    for (q, clock), quantity in zip(VINTAGES.items(), quantities, strict=True):
        publish = window.instants(clock)[made[ahead, hour]]
        future = valid > publish
        unit = 1 if quantity is state.temperature else 1000
        value = unit * quantity.known[1 + ahead, hour]
        tables[q] = _table(q, publish[future], valid[future], {SYSTEM: value[future]})
    return tables


def _day_ahead(
    window: MarketDays, margins: Mapping[str, Margin], seed: int
) -> DataFrame[Observations]:
    """Energy at each node, cleared the day before."""
    cleared = window.hours.day <= window.length
    publish = window.instants(DAY_AHEAD, after=-1)[window.hours.day][cleared]
    energy = {node: day_ahead_price(m, node, seed)[cleared] for node, m in margins.items()}
    return _table(SeriesName.DAM_SPP, publish, window.hours.start[cleared], energy)


def _of_grid(q: SeriesName, runs: Runs, free: Floats) -> Runs:
    """Lambda; or by constraint its shadow price, 0 where it does not bind: a node's LMP is lambda
    and that of the limit on flow into it, less that of the limit on flow out of it."""
    if q == SeriesName.SYSTEM_LAMBDA:
        return {SYSTEM: free}
    gaps = {node: of - free for node, of in runs.items()}
    sides = {f"{way} {q}": sign * of for way, sign in WAYS.items() for q, of in gaps.items()}
    every = {f"{q}/BASE CASE": np.maximum(of, 0) for q, of in sides.items()}
    return dict(sorted(every.items()))


def _of_runs(q: SeriesName, window: MarketDays, runs: Runs, seed: int) -> DataFrame[Observations]:
    """Prices of 12 SCED runs an hour, which start some seconds after the round five minutes; an
    hour's shadow prices are one report, five minutes after it."""
    late = generator(seed, "seconds late").integers(8, 40, (len(window.past), RUNS))
    seconds = (300 * np.arange(RUNS) + late)[window.past].ravel()
    start = window.hours.start[window.past].repeat(RUNS)
    run = start + pd.to_timedelta(seconds, unit="s").as_unit("us")
    values = {node: of.ravel() for node, of in runs.items()}
    hourly = q == SeriesName.SHADOW_PRICE
    publish = start + pd.Timedelta(minutes=65) if hourly else run + pd.Timedelta(minutes=1)
    rows = _table(q, publish, run, values)
    return rows[rows[Observations.value] > 0].reset_index(drop=True) if hourly else rows


def _quarters(window: MarketDays, runs: Runs) -> DataFrame[Observations]:
    """Means of three runs, published two minutes after their quarter of an hour."""
    minutes = pd.to_timedelta(np.tile(15 * np.arange(4), window.past.sum()), unit="min")
    quarter = window.hours.start[window.past].repeat(4) + minutes.as_unit("us")
    values = {node: of.reshape(-1, 3).mean(axis=1) for node, of in runs.items()}
    return _table(SeriesName.RT_SPP, quarter + pd.Timedelta(minutes=17), quarter, values)


def _table(
    q: SeriesName, publish: pd.DatetimeIndex, valid: pd.DatetimeIndex, values: Mapping[str, Floats]
) -> DataFrame[Observations]:
    """Observations in order of publication; `values` hold one array a location, names sorted."""
    order = np.lexsort((valid.to_numpy(), publish.to_numpy()))
    columns = {
        Observations.valid_time: valid[order].as_unit("us").repeat(len(values)),
        Observations.series: str(q),
        Observations.location: np.tile(np.array([*values], dtype=object), len(order)),
        Observations.publish_time: publish[order].as_unit("us").repeat(len(values)),
        Observations.value: np.stack([*values.values()], axis=1)[order].ravel(),
    }
    return Observations.validate(pd.DataFrame(columns))
