"""Observations from a folder of Parquet and CSV files, refused with reasons where they are bad."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import ACTUALS, BY_NAME, STORED, Q
from rtlmp.tables import UTC_DTYPE, Observations, month_of

COLUMNS: Final = list(Observations.to_schema().columns)
KEYS: Final = [c for c in COLUMNS if c != Observations.value]
TIMES: Final = [Observations.valid_time, Observations.publish_time]
SUFFIXES: Final = (".parquet", ".csv")


class BadFileError(ValueError):
    """A file that is not in the observation format: which, where, how many rows, an example."""


def read_files(paths: Iterable[str | Path]) -> dict[Q, DataFrame[Observations]]:
    """Every series found in `paths`, checked, in order of publication."""
    parts = [read_file(Path(path)) for path in paths]
    rows = pd.concat([p for p in parts if len(p)] or [empty()], ignore_index=True)
    _refuse("the folder", rows, KEYS, rows.duplicated(KEYS), "the same key in two files")
    rows = rows.sort_values([Observations.publish_time, Observations.valid_time], kind="stable")
    return {
        BY_NAME[str(name)]: DataFrame[Observations](of.reset_index(drop=True))
        for name, of in rows.groupby(Observations.series, sort=True)
    }


def read_file(path: Path) -> pd.DataFrame:
    """The observations in one file. Raises BadFileError with column, row count and an example."""
    df = (
        pd.read_parquet(path)
        if path.suffix == ".parquet"
        else pd.read_csv(path, dtype="string", keep_default_na=False)
    )
    if missing := set(COLUMNS) - set(df.columns):
        raise BadFileError(f"{path}: no column {sorted(missing)}; the file has {list(df.columns)}")
    checked = {
        **{c: _text(path, df, c) for c in (Observations.series, Observations.location)},
        **{c: _utc(path, df, c) for c in TIMES},
        Observations.value: _numbers(path, df),
    }
    rows = pd.DataFrame(checked)[COLUMNS]
    unknown = ~rows[Observations.series].isin([*STORED])
    _refuse(path, df, [Observations.series], unknown, f"unknown series; known: {[*STORED]}")
    _refuse(path, df, KEYS, rows.duplicated(KEYS), "the same key twice")
    early = rows[Observations.series].isin(ACTUALS) & (rows[TIMES[1]] < rows[TIMES[0]])
    _refuse(path, df, TIMES, early, "an actual published before its interval began")
    return rows


def by_month(rows: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Observations by the UTC month they were published in: a closed month never changes."""
    months = month_of(rows[Observations.publish_time])
    return {str(month): of for month, of in rows.groupby(months)}


def empty() -> DataFrame[Observations]:
    """No observations, in the right types: what a source has of a series it does not give."""
    none = pd.DataFrame({column: pd.Series([], dtype=object) for column in COLUMNS})
    times = dict.fromkeys(TIMES, UTC_DTYPE)
    return Observations.validate(none.astype({**times, Observations.value: np.float64}))


def _text(path: Path, df: pd.DataFrame, column: str) -> "pd.Series[str]":
    values = df[column].astype(object)
    words = {v: isinstance(v, str) and v != "" for v in values.unique()}
    bad = ~values.map(words).astype(bool)
    _refuse(path, df, [column], bad, "not text")
    return values


def _utc(path: Path, df: pd.DataFrame, column: str) -> "pd.Series[pd.Timestamp]":
    """UTC times; naive and local ones are refused, for an hour's error would go unseen."""
    values = df[column]
    if not pd.api.types.is_datetime64_any_dtype(values):
        text = values.astype("string")
        bad = ~text.str.fullmatch(r".+(Z|\+00:?00)", na=False)
        _refuse(path, df, [column], bad, "not a UTC time: write 2024-08-20T15:00:00Z")
        return pd.to_datetime(text, utc=True, format="ISO8601").astype(UTC_DTYPE)
    zone = getattr(values.dtype, "tz", None)
    local = np.full(len(df), str(zone) != "UTC")
    _refuse(path, df, [column], local, f"times in zone {zone}: convert them to UTC")
    _refuse(path, df, [column], values.isna(), "missing time")
    return values.astype(UTC_DTYPE)


def _numbers(path: Path, df: pd.DataFrame) -> "pd.Series[float]":
    numbers = pd.to_numeric(df[Observations.value], errors="coerce").astype(np.float64)
    bad = ~np.isfinite(numbers)
    _refuse(path, df, [Observations.value], bad, "not a number: leave such rows out")
    return numbers


def _refuse(
    path: Path | str,
    df: pd.DataFrame,
    columns: list[str],
    bad: "pd.Series[bool] | npt.NDArray[np.bool_]",
    why: str,
) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        example = {c: str(df[c].iloc[row]) for c in columns}
        raise BadFileError(
            f"{path}: column {', '.join(columns)}: {why}: {int(bad.sum())} of {len(df)} rows, "
            f"the first is row {row}: {example}"
        )
