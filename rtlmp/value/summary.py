"""What a window of settled days says of each strategy, with block-bootstrap intervals."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.archive import Floats
from rtlmp.config import Battery
from rtlmp.findings import Settled, Worth
from rtlmp.metrics import ALL, draws, interval
from rtlmp.value.worth import PERFECT

TAIL: Final = 0.05  # share of days that value at risk and expected shortfall speak of
RIVALS: Final = ("persistence", "day_ahead", "climatology_rule", "forecast_real_time")
YEAR: Final = 365.25

Measure: TypeAlias = Callable[[Floats], Floats]  # daily (draws, days) -> (draws,)


def worth(settled: DataFrame[Settled], battery: Battery, seed: int) -> DataFrame[Worth]:
    """Every measure by node and strategy, and for the mean battery of all nodes.

    Money is per kW and year, or per MW where the measure says so; a loss at risk is positive.
    """
    daily = (
        settled.pivot_table(
            index=Settled.day, columns=[Settled.location, Settled.rule], values=Settled.revenue
        )
        / battery["power_mw"]
    )
    out = (
        settled.pivot_table(
            index=Settled.day,
            columns=[Settled.location, Settled.rule],
            values=Settled.discharged,
        )
        / battery["energy_mwh"]
    )
    weights = draws(len(daily), seed)
    rows = [
        {Worth.location: place, **row}
        for place in (ALL, *daily.columns.unique(0))
        for row in _place(_at(daily, place), _at(out, place), weights)
    ]
    return Worth.validate(pd.DataFrame(rows))


def value_at_risk(daily: Floats) -> Floats:
    """The loss, USD/MW, that one day in twenty reaches: (draws, days) -> (draws,)."""
    return -np.quantile(daily, TAIL, axis=1, method="inverted_cdf")


def expected_shortfall(daily: Floats) -> Floats:
    """Mean loss, USD/MW, of the worst twentieth of days."""
    worst = np.sort(daily, axis=1)[:, : max(int(TAIL * daily.shape[1]), 1)]
    return -worst.mean(axis=1)


def per_year(daily: Floats) -> Floats:
    """USD/kW and year."""
    return daily.mean(axis=1) * YEAR / 1000


MEASURES: Final[dict[str, Measure]] = {
    "usd_per_kw_year": per_year,
    "value_at_risk_usd_per_mw_day": value_at_risk,
    "expected_shortfall_usd_per_mw_day": expected_shortfall,
}


def _place(daily: pd.DataFrame, out: pd.DataFrame, weights: Floats) -> Iterator[dict[str, object]]:
    drawn = {str(s): _resampled(daily[s].to_numpy(), weights) for s in daily}
    exact = {str(s): daily[s].to_numpy()[None] for s in daily}
    for name in drawn:
        for measure, of in MEASURES.items():
            yield _row(name, measure, of(exact[name]), of(drawn[name]))
        share = (per_year(of[name]) / per_year(of[PERFECT]) for of in (exact, drawn))
        yield _row(name, "share_of_perfect", *share)
        for rival in RIVALS:
            ahead = (per_year(of[name] - of[rival]) for of in (exact, drawn))
            yield _row(name, f"ahead_of_{rival}_usd_per_kw_year", *ahead)
        month = daily[name].groupby(pd.to_datetime(daily.index).strftime("%Y-%m")).sum() / 1000
        yield _row(name, "worst_month_usd_per_kw", np.array([month.min()]), None)
        yield _row(name, "cycles_per_day", np.array([out[name].mean()]), None)


def _row(strategy: str, measure: str, value: Floats, drawn: Floats | None) -> dict[str, object]:
    low, high = (np.nan, np.nan) if drawn is None else interval(drawn)
    return {
        Worth.rule: strategy,
        Worth.measure: measure,
        Worth.value: float(value[0]),
        Worth.low: low,
        Worth.high: high,
    }


def _at(table: pd.DataFrame, place: str) -> pd.DataFrame:
    """(days, strategies) of one node, or the mean over nodes."""
    return table.T.groupby(level=1).mean().T if place == ALL else pd.DataFrame(table[place])


def _resampled(daily: Floats, weights: Floats) -> Floats:
    """(draws, days): each draw's days, in no particular order."""
    return np.array([np.repeat(daily, w.astype(np.intp)) for w in weights])
