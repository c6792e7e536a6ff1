"""Parquet as checked pandas tables: the one door for reading and writing them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow
import pyarrow.parquet as pq
from pandera.typing import DataFrame

from rtlmp.io.files import CHECKSUMS, atomic, folder_name, naming
from rtlmp.io.parquet import open_parquet

S = TypeVar("S", bound=pa.DataFrameModel)


def read_table(schema: type[S], path: str | Path) -> DataFrame[S]:
    """The table at `path`, checked: the only way data enters a step."""
    with naming(path):
        return validated(schema, read_frame(path))


def read_frame(path: str | Path) -> pd.DataFrame:
    """The table at `path` as it is. Raises BadFileError with its name.

    Not by pandas: it hands Arrow a Python file, whose threads can then abort a process that ends
    right after (apache/arrow#34314).
    """
    with naming(path), open_parquet(path) as file:
        frame: pd.DataFrame = file.read().to_pandas()
        return frame


def validated(schema: type[S], df: pd.DataFrame) -> DataFrame[S]:
    """`df` itself: a hundred features take no time where the schema names three columns."""
    known = schema.to_schema()
    named = df if known.strict else df[[c for c in df if c in known.columns]]
    schema.validate(named, lazy=True)
    return cast("DataFrame[S]", df)


def table_of(schema: type[S], rows: Sequence[Mapping[Any, Any]]) -> DataFrame[S]:
    """`rows` as a checked table, its columns as `schema` has them, also where there are none."""
    columns = schema.to_schema().columns
    made = pd.DataFrame(rows, columns=list(columns))
    return schema.validate(made.astype({k: str(c.dtype) for k, c in columns.items()}))


def read_tables(schema: type[S], paths: Iterable[str | Path]) -> DataFrame[S]:
    """The tables at `paths` one after the other, checked as one."""
    whole = pd.concat([*map(read_frame, paths)] or [table_of(schema, [])], ignore_index=True)
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


def write_table(schema: type[S], df: pd.DataFrame, path: str | Path, **how: bool) -> None:
    """Check `df` and write it whole or not at all: a killed job leaves no half file."""
    made = to_arrow(schema, validated(schema, df))
    atomic(path, lambda tmp: pq.write_table(made, tmp, **CHECKSUMS), **how)


def to_arrow(schema: type[S], df: pd.DataFrame) -> arrow.Table:
    """`df`, with units and meanings of its columns in the metadata, under `rtlmp`."""
    made, columns = arrow.Table.from_pandas(df, preserve_index=False), schema.to_schema().columns
    units = {name: of.title for name, of in columns.items() if of.title}
    about = {name: of.description for name, of in columns.items() if of.description}
    said = dict(schema=schema.__name__, schema_version="1", units=units, columns=about)  # noqa: C408
    return made.replace_schema_metadata({**made.schema.metadata, "rtlmp": json.dumps(said)})
