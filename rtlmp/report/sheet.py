"""What a spreadsheet reads: a forecast, an hour a row, and any table as CSV."""

from pathlib import Path
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.io.files import atomic
from rtlmp.schemas.core import Bounded, Forecast

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell from these on


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


def write_csv(df: pd.DataFrame, path: str | Path, float_format: str | None = None) -> None:
    """Write `df` as text, whole or not at all; floats to the last digit by default."""
    atomic(path, lambda tmp: quoted(df).to_csv(tmp, index=False, float_format=float_format))


def quoted(df: pd.DataFrame) -> pd.DataFrame:
    """`df` with a quote before each text that a spreadsheet would take for a formula."""
    return df.assign(**{str(c): df[c].map(_quoted) for c in df if df[c].dtype.kind == "O"})


def _quoted(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
