"""A forecast as a spreadsheet reads it: an hour a row."""

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.schemas.core import Bounded, Forecast


def flags_of(rows: pd.DataFrame) -> list[str]:
    """Columns that a forecast has beside its numbers: what it is made of, and lacks."""
    return [*rows.columns.difference([*Bounded.to_schema().columns], sort=False)]


def sheet(rows: DataFrame[Bounded], tz: str) -> pd.DataFrame:
    """Local times, and probability and bounds of each threshold."""
    keys = [Forecast.location, Forecast.valid_time, Forecast.lead_hour, Forecast.model_date]
    keys += flags_of(rows)
    named = {
        Forecast.probability: "above_{:g}",
        Bounded.lower: "above_{:g}_low",
        Bounded.upper: "above_{:g}_high",
    }
    flat = rows.pivot(index=keys, columns=Forecast.threshold, values=[*named])
    flat = flat.set_axis([named[c[0]].format(c[1]) for c in flat.columns], axis=1).reset_index()
    local = flat[Forecast.valid_time].dt.tz_convert(tz).dt.strftime("%Y-%m-%d %H:%M %Z")
    flat.insert(0, "local_time", local)
    return flat
