"""What congestion costs: basis by block and month, the LMP less system lambda, the value of a CRR.

A CRR from B to A pays the day-ahead price of A less that of B in each hour of its block, be it
negative (obligation), or only where it is positive (option): that of the node `A minus B`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame, Series

from rtlmp.asof.vintages import Flags
from rtlmp.catalog import Market, SeriesName
from rtlmp.config import Window
from rtlmp.evaluation.losses import bootstrap_weights, interval
from rtlmp.evaluation.tables import Blocks, Components, Place
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Observations
from rtlmp.settlement.blocks import DA, LOAD, RT, hourly_prices, hours_by_block
from rtlmp.sources.legs import legs

OVER_HOURS: Final = frozenset({"crr_obligation", "crr_option"})  # USD/MW; the others are means


class Congestion(Place):
    """Basis, CRR value and LMP split by month and block; low and high as in `Revenue`."""

    month: Series[str]
    block: Series[str]
    hours: Series[int]
    measure: Series[str] = pa.Field(description="crr_* in USD/MW over the hours, others USD/MWh")
    value: Series[float] = pa.Field(title="as `measure`")
    low: Series[float] = pa.Field()
    high: Series[float] = pa.Field()


def congestion_table(
    real: DataFrame[Observations], auction: DataFrame[Observations],
    system_lambda: DataFrame[Observations], market: Market, window: Window, seed: int,
) -> DataFrame[Congestion]:  # fmt: skip
    """Of the local days of `window`, by node, month and block, with block-bootstrap intervals.

    A difference has its basis, and a CRR; any other node its split, where lambda is known.
    """
    every = hourly_prices(real, auction, system_lambda, market)  # lambda is one value a system too
    tables = {node: hours[_inside(hours, window)] for node, hours in every.items()}
    rows = [
        {**key, Congestion.hours: len(of), Congestion.measure: name, **_value(name, of, seed)}
        for key, hours in hours_by_block(tables.items(), market)
        for name, of in _measures(key[Blocks.location], hours).items()
        if len(of)
    ]
    return table_of(Congestion, rows)


def _inside(hours: pd.DataFrame, window: Window) -> Flags:
    day = pd.Series(pd.DatetimeIndex(hours.index).date)
    return day.between(window["start"], window["end"]).to_numpy()


def _measures(node: str, hours: pd.DataFrame) -> Mapping[str, "pd.Series[float]"]:
    """Hourly values of each measure, USD/MWh."""
    if legs([node]):
        return {
            "day_ahead_basis": hours[DA],
            "real_time_basis": hours[RT],
            "crr_obligation": hours[DA],
            "crr_option": hours[DA].clip(lower=0),
        }
    split = {SeriesName.SYSTEM_LAMBDA: hours[LOAD], Components.congestion: hours[RT] - hours[LOAD]}
    return {str(name): of.dropna() for name, of in split.items()}


def _value(name: str, of: "pd.Series[float]", seed: int) -> dict[str, float]:
    """Sum or mean over the hours, and over those of days drawn anew in blocks."""
    days: list[date] = list(pd.DatetimeIndex(of.index).date)
    daily = of.groupby(days).agg(["sum", "count"]).to_numpy(float)
    drawn, whole = bootstrap_weights(len(daily), seed) @ daily, daily.sum(axis=0)
    if name not in OVER_HOURS:
        drawn, whole = drawn / drawn[:, 1:], whole / whole[1]
    low, high = interval(drawn[:, 0])
    return {Congestion.value: whole[0], Congestion.low: low, Congestion.high: high}
