"""Parquet as checked pandas tables: the one door for reading and writing them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing import DataFrame

from rtlmp.io.files import atomic, folder_name

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


def read_by_folder(
    schema: type[S], paths: Iterable[str | Path], nodes: Iterable[str] = ()
) -> dict[str, DataFrame[S]]:
    """The tables at `paths`, joined by their folder: one of `nodes`, else by its own name."""
    named, folders = {folder_name(node): node for node in nodes}, dict[str, list[str | Path]]()
    for path in paths:
        folder = Path(path).parent.name
        folders.setdefault(named.get(folder, folder), []).append(path)
    return {name: read_tables(schema, of) for name, of in folders.items()}


def write_table(schema: type[S], df: pd.DataFrame, path: str | Path) -> None:
    """Check `df` and write it whole or not at all: a killed job leaves no half file."""
    atomic(path, lambda tmp: validated(schema, df).to_parquet(tmp, index=False))


def write_csv(df: pd.DataFrame, path: str | Path) -> None:
    """Write text for a spreadsheet, whole or not at all; probabilities to a hundredth of a %."""
    atomic(path, lambda tmp: df.to_csv(tmp, index=False, float_format="%.4f"))
