"""Pieces of observation files, and what each column of them must be."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rtlmp.asof.vintages import UTC_TIMES, Flags, Floats, Ints
from rtlmp.io.parquet import dictionary_codes
from rtlmp.schemas.columns import LOCATION, OBSERVED, SERIES
from rtlmp.sources.files.groups import BadFileError, complete, csv_text, span

WHOLE = -1  # a file that has no row groups
ISO_UTC = r".+(Z|\+00:?00)"


class Piece(NamedTuple):
    """A row group of a Parquet file, or a whole file of CSV."""

    path: Path
    group: int
    first: int  # row of the file that it starts with
    since: float  # us since 1970 of its earliest publication; -inf: not known before it is read

    def refuse(self, table: pa.Table, columns: list[str], bad: Flags, why: str) -> None:
        """Raises BadFileError where a row is `bad`."""
        if not bad.any():
            return
        row = int(np.flatnonzero(bad)[0])
        example = {c: str(table[c][row].as_py()) for c in columns}
        raise BadFileError(
            f"{self.path}: column {', '.join(columns)}: {why}: {int(bad.sum())} of {len(bad)} "
            f"rows, the first is row {self.first + row}: {example}"
        )


class Codes(NamedTuple):
    """Text, each word spelled once."""

    codes: npt.NDArray[np.intp]
    names: list[str]


def pieces(paths: Iterable[Path]) -> Iterator[Piece]:
    """What can be read at a time of files in the observation format."""
    for path in paths:
        if path.suffix != ".parquet":
            yield Piece(path, WHOLE, 0, -np.inf)
            continue
        file = pq.ParquetFile(path)
        complete(path, OBSERVED, file.schema_arrow.names)
        first = 0
        for group in range(file.num_row_groups):
            found = file.metadata.row_group(group)
            yield Piece(path, group, first, span(found).first)
            first += found.num_rows


def read(piece: Piece) -> pa.Table:
    """The columns of the format."""
    if piece.group == WHOLE:
        return csv_text(piece.path, OBSERVED)
    schema = pq.read_schema(piece.path)
    texts = [c for c in (SERIES, LOCATION) if pa.types.is_string(schema.field(c).type)]
    file = pq.ParquetFile(piece.path, read_dictionary=texts)
    return file.read_row_group(piece.group, columns=list(OBSERVED))


def text(piece: Piece, table: pa.Table, name: str) -> Codes:
    """A column of words, none empty."""
    column = table[name]
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    written = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    bad = column.is_null().to_numpy() if written else np.ones(len(column), dtype=bool)
    piece.refuse(table, [name], bad, "not text")
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    words = Codes(*dictionary_codes(column))
    empty = np.array([word == "" for word in words.names], dtype=bool)
    piece.refuse(table, [name], empty[words.codes], "not text")
    return words


def utc(piece: Piece, table: pa.Table, name: str) -> Ints:
    """UTC times as us since 1970; naive and local ones are refused: an hour's error is unseen."""
    column = table[name]
    if pa.types.is_timestamp(column.type):
        local = np.full(len(column), column.type.tz != "UTC")
        why = f"times in zone {column.type.tz}: convert them to UTC"
        piece.refuse(table, [name], local, why)
        piece.refuse(table, [name], column.is_null().to_numpy(), "missing time")
        return column.cast(UTC_TIMES, safe=False).cast(pa.int64()).to_numpy()
    words = pd.Series(column.to_pandas(), dtype="string")
    bad = ~words.str.fullmatch(ISO_UTC, na=False).to_numpy(bool)
    piece.refuse(table, [name], bad, "not a UTC time: write 2024-08-20T15:00:00Z")
    times = pd.to_datetime(words, utc=True, format="ISO8601")
    return times.to_numpy("datetime64[us]").astype(np.int64)


def numbers(piece: Piece, table: pa.Table, name: str) -> Floats:
    """Finite numbers."""
    column = table[name]
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        found = column.cast(pa.float64(), safe=False).to_numpy()
    else:
        found = pd.to_numeric(column.to_pandas(), errors="coerce").to_numpy(np.float64)
    piece.refuse(table, [name], ~np.isfinite(found), "not a number: leave such rows out")
    return found
