"""Parts of a backtest, and two backtests of the same questions."""

from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.config import Scenario
from rtlmp.schemas.core import Scored
from rtlmp.schemas.names import Forecaster

FORECAST_KEY: Final = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]


def scenario_rows(scored: DataFrame[Scored], scenario: Scenario, tz: str) -> DataFrame[Scored]:
    """The rows of a scenario. Raises ValueError when none of the forecasts is in it."""
    local = scored[Scored.valid_time].dt.tz_convert(tz)
    issued = scored[Scored.issue_time].dt.tz_convert(tz).dt.date
    inside = (issued >= scenario["start"]) & (issued <= scenario["end"])
    if nodes := scenario.get("nodes"):
        inside &= scored[Scored.location].isin(nodes)
    if thresholds := scenario.get("thresholds"):
        inside &= scored[Scored.threshold].isin(thresholds)
    if hours := scenario.get("hours"):
        inside &= local.dt.hour.isin(hours)
    if not inside.any():
        raise ValueError(
            f"scenario {scenario}: no forecast in it; the backtest was issued {issued.min()} to "
            f"{issued.max()} for {sorted(scored[Scored.location].unique())} at "
            f"{sorted(scored[Scored.threshold].unique())} USD/MWh"
        )
    return Scored.validate(scored[inside].reset_index(drop=True))


def latest_issued(scored: DataFrame[Scored]) -> DataFrame[Scored]:
    """The forecast of each hour issued last: the day before, also where clocks change."""
    keys = [Scored.model, Scored.location, Scored.threshold, Scored.valid_time]
    ordered = scored.sort_values(Scored.lead_hour, kind="stable").drop_duplicates(keys)
    return Scored.validate(ordered.sort_index())


def matched_runs(
    ours: DataFrame[Scored], theirs: DataFrame[Scored], names: tuple[str, str]
) -> DataFrame[Scored]:
    """Forecasts of two runs where both have them, as models `names`, with our baselines.

    Raises ValueError when the runs share no question.
    """
    mine = theirs[theirs[Scored.model] == Forecaster.MODEL].assign(**{Scored.model: names[1]})
    base = ours.assign(**{Scored.model: ours[Scored.model].replace(Forecaster.MODEL, names[0])})
    shared = base[FORECAST_KEY].drop_duplicates().merge(mine[FORECAST_KEY])
    if shared.empty:
        spans = [
            f"{t[Scored.issue_time].min()} to {t[Scored.issue_time].max()}" for t in (ours, theirs)
        ]
        raise ValueError(
            f"runs {names[0]} and {names[1]} share no issue time, hour, node and threshold: "
            f"{names[0]} was issued {spans[0]}, {names[1]} {spans[1]}"
        )
    both = pd.concat([base, mine], ignore_index=True).merge(shared, on=FORECAST_KEY)
    return Scored.validate(both[list(ours.columns)])
