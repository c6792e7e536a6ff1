"""What a window of dispatch days says of each strategy, with block-bootstrap intervals."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.battery import StrategyName
from rtlmp.config import Battery
from rtlmp.evaluation.losses import bootstrap_weights, interval
from rtlmp.evaluation.scores import ALL
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.io.tables import table_of

TAIL: Final = 0.05  # share of days that value at risk and expected shortfall speak of
COMPARED: Final = (
    StrategyName.PERSISTENCE,
    StrategyName.DAY_AHEAD,
    StrategyName.CLIMATOLOGY_RULE,
    StrategyName.FORECAST_REAL_TIME,
)
YEAR: Final = 365.25


def revenue_rows(rows: Iterable[tuple[object, ...]]) -> DataFrame[Revenue]:
    """The table of `rows`, values in the order of its columns; empty of none."""
    names = [*Revenue.to_schema().columns]
    return table_of(Revenue, [dict(zip(names, row, strict=True)) for row in rows])


def revenue_table(days: DataFrame[DispatchDays], battery: Battery, seed: int) -> DataFrame[Revenue]:
    """Every measure by node and strategy, and for the mean battery of all nodes.

    Money is per kW and year, or per MW where the measure says so; a loss at risk is positive.
    """
    columns = [DispatchDays.location, DispatchDays.rule]
    values = [DispatchDays.revenue, DispatchDays.discharged]
    wide = days.pivot_table(index=DispatchDays.day, columns=columns, values=values)
    earned, out = (pd.DataFrame(wide[value]) for value in values)
    daily, out = earned / battery["power_mw"], out / battery["energy_mwh"]
    weights = bootstrap_weights(len(daily), seed)
    return revenue_rows(
        (place, *row)
        for place in (ALL, *daily.columns.unique(0))
        for row in _measures(_at(daily, place), _at(out, place), weights)
    )


def value_at_risk(daily: Floats, tail: float = TAIL) -> Floats:
    """The loss that a share `tail` of the days reaches: (draws, days) -> (draws,)."""
    return -np.quantile(daily, tail, axis=1, method="inverted_cdf")


def expected_shortfall(daily: Floats, tail: float = TAIL) -> Floats:
    """Mean loss of the worst `tail` of days, or of the one worst day."""
    worst = np.sort(daily, axis=1)[:, : max(int(tail * daily.shape[1]), 1)]
    return -worst.mean(axis=1)


def per_year(daily: Floats) -> Floats:
    """USD/kW and year."""
    return daily.mean(axis=1) * YEAR / 1000


MEASURES: Final[dict[str, Callable[[Floats], Floats]]] = {  # daily (draws, days) -> (draws,)
    "usd_per_kw_year": per_year,
    "value_at_risk_usd_per_mw_day": value_at_risk,
    "expected_shortfall_usd_per_mw_day": expected_shortfall,
}


def _measures(
    daily: pd.DataFrame, out: pd.DataFrame, weights: Floats
) -> Iterator[tuple[str, str, float, float, float]]:
    """Strategy, measure, value and its interval."""
    exact = {str(s): daily[s].to_numpy()[None] for s in daily}
    resampled = {name: resampled_days(of[0], weights) for name, of in exact.items()}
    both = (exact, resampled)
    for name in exact:
        for measure, of in MEASURES.items():
            yield name, measure, *bounded(*(of(days[name]) for days in both))
        share = (per_year(days[name]) / per_year(days[StrategyName.PERFECT]) for days in both)
        yield name, "share_of_perfect", *bounded(*share)
        for challenger in COMPARED:
            ahead = (per_year(days[name] - days[challenger]) for days in both)
            yield name, f"ahead_of_{challenger}_usd_per_kw_year", *bounded(*ahead)
        month = daily[name].groupby(pd.to_datetime(daily.index).strftime("%Y-%m")).sum() / 1000
        yield name, "worst_month_usd_per_kw", float(month.min()), np.nan, np.nan
        yield name, "cycles_per_day", float(out[name].mean()), np.nan, np.nan


def bounded(value: Floats, resampled: Floats) -> tuple[float, float, float]:
    """A value (1,) and the interval of its resamples (draws,)."""
    return float(value[0]), *interval(resampled)


def _at(table: pd.DataFrame, place: str) -> pd.DataFrame:
    """(days, strategies) of one node, or the mean over nodes."""
    return table.T.groupby(level=1).mean().T if place == ALL else pd.DataFrame(table[place])


def resampled_days(daily: Floats, weights: Floats) -> Floats:
    """(draws, days): each draw's days, in no particular order."""
    return np.array([np.repeat(daily, w.astype(np.intp)) for w in weights])
