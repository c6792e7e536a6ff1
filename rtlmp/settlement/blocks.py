"""Settlement tables: day-ahead against real-time prices by block, shape, load risk, spreads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.catalog import DAM_PARTS, RT_PARTS, Market, SeriesName
from rtlmp.clock import SATURDAY
from rtlmp.evaluation.tables import Blocks, Components, LoadRisk, TopBottom
from rtlmp.features.calendar import public_holidays
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Observations

PEAK: Final = (6, 22)  # local hours that start in [6, 22): hours ending 7 to 22
TB: Final = (1, 2, 4)
WHOLE: Final = 23  # hours of the shortest local day
WEEK: Final = "7x24"
ALL_MONTHS: Final = "ALL"
DA, RT, LOAD = Blocks.day_ahead, Blocks.real_time, LoadRisk.load
NAMES: Final = [Components.energy, Components.congestion, Components.loss]
PARTS: Final[dict[str, dict[SeriesName, str]]] = {
    DA: dict(zip(DAM_PARTS, NAMES, strict=True)),
    RT: dict(zip(RT_PARTS, NAMES, strict=True)),
}


def hourly_prices(
    real: DataFrame[Observations], auction: DataFrame[Observations], load: DataFrame[Observations],
    market: Market,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """By node with both prices: columns DA, RT (mean of the hour) and system LOAD, local time."""
    da, rt = (hourly_table(rows, Observations.location) for rows in (auction, real))
    of_system = hourly_table(load, Observations.location).reindex(
        index=rt.index, columns=[market.system]
    )
    return {
        node: pd.DataFrame({DA: da[node], RT: rt[node], LOAD: of_system[market.system]})
        .dropna(subset=[DA, RT])
        .tz_convert(market.tz)
        for node in rt.columns.intersection(da.columns)
    }


def block_of(hours: pd.DatetimeIndex, market: Market) -> Mapping[str, Flags]:
    """Which hours are in 7x24, 5x16 (work days), 2x16 (weekends and holidays) and 7x8."""
    closed = public_holidays(range(hours[0].year, hours[-1].year + 1), *market.holidays)
    day_off = hours.normalize().tz_localize(None).isin(pd.DatetimeIndex(list(closed)))
    work = (hours.weekday < SATURDAY) & ~day_off
    peak = (hours.hour >= PEAK[0]) & (hours.hour < PEAK[1])
    every = np.ones(len(hours), dtype=np.bool_)
    return {WEEK: every, "5x16": work & peak, "2x16": ~work & peak, "7x8": ~peak}


def blocks(prices: Mapping[str, pd.DataFrame], market: Market) -> DataFrame[Blocks]:
    """Means, variances and shaping cost of each node, month and block."""
    rows = [{**key, **_block(hours)} for key, hours in hours_by_block(prices.items(), market)]
    return Blocks.validate(pd.DataFrame(rows))


def load_risk(prices: Mapping[str, pd.DataFrame]) -> DataFrame[LoadRisk]:
    """What each local hour's load costs beyond a flat one; empty where the source has no load."""
    rows = [
        {LoadRisk.location: node, LoadRisk.hour: int(str(hour)), **_risk(of_hour)}
        for node, table in prices.items()
        for known in [table.dropna()]
        for hour, of_hour in known.groupby(pd.DatetimeIndex(known.index).hour)
    ]
    return table_of(LoadRisk, rows)


def top_bottom(prices: Mapping[str, pd.DataFrame]) -> DataFrame[TopBottom]:
    """TB1, TB2 and TB4 of whole local days: n dearest less n cheapest hours, either market."""
    rows = [
        {
            TopBottom.location: node, TopBottom.month: month, TopBottom.market: market,
            TopBottom.hours: n, TopBottom.days: len(daily), TopBottom.spread: float(daily.mean()),
        }
        for node, table in prices.items()
        for month, of_month in by_month(table)
        for market in (DA, RT)
        for n in TB
        if len(daily := _daily_spread(of_month[market], n))
    ]  # fmt: skip
    return TopBottom.validate(pd.DataFrame(rows))


def components(parts: DataFrame[Observations], market: Market) -> DataFrame[Components]:
    """Energy, congestion and loss of the price by month and block; empty without a source."""
    rows = [
        {Components.market: side, **key, **hours.mean()}
        for side, names in PARTS.items()
        for key, hours in hours_by_block(_split(parts, names, market.tz), market)
    ]
    return table_of(Components, rows)


def shaping(price: "pd.Series[float]", load: "pd.Series[float]") -> float:
    """Load-weighted less plain mean price, USD/MWh; NaN where no load is known."""
    both = load.notna()
    if not both.any():
        return np.nan
    return float(np.average(price[both], weights=load[both]) - price[both].mean())


def hours_by_block(
    tables: Iterable[tuple[str, pd.DataFrame]], market: Market
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """The hours of every node, month and block that has some, after the columns that name it."""
    for node, table in tables:
        for month, of_month in by_month(table):
            for block, inside in block_of(pd.DatetimeIndex(of_month.index), market).items():
                if inside.any():
                    key = {Blocks.location: node, Blocks.month: month, Blocks.block: block}
                    yield key, of_month[inside]


def _split(
    parts: DataFrame[Observations], names: Mapping[SeriesName, str], tz: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    """(hours, parts) of each node that has all of them."""
    for node, rows in parts[parts[Observations.series].isin(names)].groupby(Observations.location):
        wide = hourly_table(rows, Observations.series).rename(columns=names)
        if len(wide.columns) == len(names):
            yield str(node), wide[NAMES].dropna().tz_convert(tz)


def hourly_table(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Mean by hour: (hours, `by`), of the value published last of each interval."""
    latest = rows.sort_values(Observations.publish_time, kind="stable")
    latest = latest.drop_duplicates([Observations.valid_time, by], keep="last")
    hour = latest[Observations.valid_time].dt.floor("h")
    return latest.pivot_table(index=hour, columns=by, values=Observations.value)


def by_month(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The whole `table`, then each local month."""
    yield ALL_MONTHS, table
    for month, rows in table.groupby(pd.DatetimeIndex(table.index).strftime("%Y-%m")):
        yield str(month), rows


def _block(hours: pd.DataFrame) -> dict[str, float | int]:
    da, rt, load = (hours[name] for name in (DA, RT, LOAD))
    spread = da - rt
    return {
        Blocks.hours: len(hours),
        Blocks.day_ahead: float(da.mean()),
        Blocks.real_time: float(rt.mean()),
        Blocks.spread: float(spread.mean()),
        Blocks.day_ahead_variance: float(da.var(ddof=0)),
        Blocks.real_time_variance: float(rt.var(ddof=0)),
        Blocks.spread_variance: float(spread.var(ddof=0)),
        Blocks.day_ahead_shaping: shaping(da, load),
        Blocks.real_time_shaping: shaping(rt, load),
    }


def _risk(rows: pd.DataFrame) -> dict[str, float | int]:
    """`rows`: one local hour's days."""
    load, price = rows[LOAD], rows[RT]
    return {
        LoadRisk.days: len(rows),
        LoadRisk.load: float(load.mean()),
        LoadRisk.load_deviation: float(load.std(ddof=0)),
        LoadRisk.price: float(price.mean()),
        LoadRisk.correlation: float(load.corr(price)),
        # load-weighted less plain mean price: E[LP]/E[L] - E[P]
        LoadRisk.covariance_cost: float(load.cov(price, ddof=0) / load.mean()),
        LoadRisk.cost_deviation: float((load * price).std(ddof=0) / load.mean()),
    }


def _daily_spread(price: "pd.Series[float]", n: int) -> Floats:
    """n dearest less n cheapest hours of each whole local day: (days,)."""
    days = price.groupby(pd.DatetimeIndex(price.index).date)
    ordered = [np.sort(day.to_numpy()) for _, day in days if len(day) >= WHOLE]
    return np.array([day[-n:].sum() - day[:n].sum() for day in ordered])
