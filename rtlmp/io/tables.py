"""Parquet as checked pandas tables: the one door for reading and writing them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from rtlmp.io.files import atomic

TEXT: Final = ["object", "string", "category"]
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet runs a cell from these on
S = TypeVar("S", bound=pa.DataFrameModel)


def read_table(schema: type[S], path: str | Path) -> DataFrame[S]:
    """The table at `path`, checked: the only way data enters a step."""
    return validated(schema, pd.read_parquet(path))


def validated(schema: type[S], df: pd.DataFrame) -> DataFrame[S]:
    """`df` itself: a hundred features take no time where the schema names three columns."""
    known = schema.to_schema()
    named = df if known.strict else df[[c for c in df if c in known.columns]]
    schema.validate(named, lazy=True)
    return cast("DataFrame[S]", df)


def read_tables(schema: type[S], paths: Iterable[str | Path]) -> DataFrame[S]:
    """The tables at `paths` one after the other, checked as one."""
    whole = pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)
    return validated(schema, whole)


def read_by_folder(schema: type[S], paths: Iterable[str | Path]) -> dict[str, DataFrame[S]]:
    """The tables at `paths`, joined by the folder they stand in: a node's, a pool's."""
    folders: dict[str, list[str | Path]] = {}
    for path in paths:
        folders.setdefault(Path(path).parent.name, []).append(path)
    return {name: read_tables(schema, of) for name, of in folders.items()}


def write_table(schema: type[S], df: pd.DataFrame, path: str | Path) -> None:
    """Check `df` and write it whole or not at all: a killed job leaves no half file."""
    atomic(path, lambda tmp: validated(schema, df).to_parquet(tmp, index=False))


def write_csv(df: pd.DataFrame, path: str | Path, float_format: str | None = None) -> None:
    """Write text for a spreadsheet, whole or not at all; floats to the last digit by default.

    A text that a spreadsheet would take for a formula gets a quote before it.
    """
    safe = df.assign(**{c: df[c].map(_quoted) for c in df.select_dtypes(TEXT)})
    atomic(path, lambda tmp: safe.to_csv(tmp, index=False, float_format=float_format))


def _quoted(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
