"""Observation files a piece at a time: the one place that opens them and says what is in a column.

Free of pandas, as pyarrow.dataset is not: Snakemake reads prices here before any rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from csv import reader
from io import TextIOWrapper
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from rtlmp.asof.vintages import UTC_TIMES, Flags, Floats, Ints
from rtlmp.io.parquet import Bounds, dictionary_codes, extent, flags, possible_row_groups, to_numpy
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES

PARQUET: Final = ".parquet"  # any other file is CSV
WORDS: Final = (SERIES, LOCATION)
ISO_UTC: Final = r"(Z|\+00:?00)$"


class BadFileError(ValueError):
    """A file that is not in the observation format: which, where, how many rows, an example."""


class Piece(NamedTuple):
    """A row group of a Parquet file, or a whole file of CSV."""

    path: Path
    group: int
    row: int  # of the file that it starts with
    since: float  # us since 1970 of its earliest publication; -inf: not known before all is read
    until: float  # and of its last; inf

    def read(self, names: Collection[str]) -> pa.Table:
        """Columns of it; those of CSV are text."""
        words = [name for name in WORDS if name in names]
        with _named(self.path):
            if self.path.suffix == PARQUET:
                file = pq.ParquetFile(self.path, read_dictionary=words)
                return file.read_row_group(self.group, columns=list(names))
            text = {name: pa.string() for name in names}
            types = text | dict.fromkeys(words, pa.dictionary(pa.int32(), pa.string()))
            chosen = csv.ConvertOptions(include_columns=list(names), column_types=types)
            return csv.read_csv(self.path, convert_options=chosen)

    def months(self, first: str, last: str) -> list[str]:
        """Of the UTC months from `first` to `last`, those that it may hold publications of."""
        edges = np.arange(first, np.datetime64(last, "M") + 2, dtype="datetime64[M]")
        at = edges.astype("datetime64[us]").astype(np.int64)
        there = (at[:-1] <= self.until) & (at[1:] > self.since)
        return [str(month) for month in edges[:-1][there]]

    def refuse(self, table: pa.Table, columns: list[str], bad: Flags, why: str) -> None:
        """Raises BadFileError where a row is `bad`."""
        if not bad.any():
            return
        row = int(np.flatnonzero(bad)[0])
        example = {c: str(table[c][row].as_py()) for c in columns}
        raise BadFileError(
            f"{self.path}: column {', '.join(columns)}: {why}: {int(bad.sum())} of {len(bad)} "
            f"rows, the first is row {self.row + row}: {example}"
        )

    def text(self, table: pa.Table, name: str) -> tuple[npt.NDArray[np.intp], list[str]]:
        """A column of words, none empty: index into the words, and these."""
        column = table[name]
        self.refuse(table, [name], flags(column.is_null()), "not text")
        words = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        index, names = dictionary_codes(words)
        bad = np.array([not isinstance(name, str) or not name for name in names], dtype=bool)
        self.refuse(table, [name], bad[index], "not text")
        return index, names

    def utc(self, table: pa.Table, name: str) -> Ints:
        """UTC times as us since 1970; naive and local ones are refused: an hour is not seen."""
        column, kind, why = table[name], table[name].type, "missing time"
        if pa.types.is_timestamp(kind):
            local = np.full(len(column), kind.tz != UTC_TIMES.tz)
            self.refuse(table, [name], local, f"times in zone {kind.tz}: convert them to UTC")
        else:
            column, why = _cast(column, pa.string()), "not a UTC time: write 2024-08-20T15:00:00Z"
            ends = pc.match_substring_regex(column, ISO_UTC)
            self.refuse(table, [name], ~flags(pc.and_kleene(column.is_valid(), ends)), why)
            column = _cast(column, pa.timestamp("ns", "UTC"))
        self.refuse(table, [name], flags(column.is_null()), why)
        return to_numpy(column.cast(UTC_TIMES, safe=False).cast(pa.int64()))

    def numbers(self, table: pa.Table, name: str) -> Floats:
        """Finite numbers."""
        column = table[name]
        if pa.types.is_string(column.type):
            column = pc.utf8_trim_whitespace(column)
        found = _cast(column, pa.float64())
        finite = flags(pc.and_kleene(found.is_valid(), pc.is_finite(found)))
        self.refuse(table, [name], ~finite, "not a number: leave such rows out")
        return to_numpy(found)


def pieces(
    paths: Iterable[Path], wanted: Collection[str], bounds: Mapping[str, Bounds]
) -> Iterator[Piece]:
    """What can be read at a time of files that have the columns `wanted`, and may lie in `bounds`.

    Raises BadFileError for a file that cannot be opened or lacks a column.
    """
    for path in paths:
        if path.suffix != PARQUET:
            with TextIOWrapper(pa.input_stream(path), "utf-8-sig", "replace", newline="") as text:
                _complete(path, wanted, next(reader(text), []))
            whole = Piece(path, 0, 0, -np.inf, np.inf)
            if len(at := whole.utc(whole.read([PUBLISHED]), PUBLISHED)):
                yield whole._replace(since=int(at.min()), until=int(at.max()))
            continue
        with _named(path):
            file = pq.ParquetFile(path)
        _complete(path, wanted, file.schema_arrow.names)
        groups = [file.metadata.row_group(k) for k in range(file.num_row_groups)]
        rows = [0, *accumulate(group.num_rows for group in groups)]
        kind = file.schema_arrow.field(PUBLISHED).type
        for k in possible_row_groups(file, bounds):
            yield Piece(path, k, rows[k], *_span(extent(groups[k], PUBLISHED), kind))


def _span(told: Bounds, kind: pa.DataType) -> tuple[float, float]:
    """First and last time in us; times that are not UTC have to be read, and refused."""
    if None in told or not pa.types.is_timestamp(kind) or kind.tz != UTC_TIMES.tz:
        return -np.inf, np.inf
    times = np.array(told).astype(f"datetime64[{kind.unit}]").astype("datetime64[us]")
    first, last = times.astype(np.int64).tolist()
    return first, last


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Arrow's complaints, with the file."""
    try:
        yield
    except pa.ArrowInvalid as error:
        raise BadFileError(f"{path}: {error}") from error


def _complete(path: Path, wanted: Collection[str], names: list[str]) -> None:
    if missing := sorted(set(wanted) - set(names)):
        raise BadFileError(f"{path}: no column {missing}; the file has {names}")


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """The column as `kind`, missing where a row is none; slow only where one is not."""
    try:
        return column.cast(kind, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([[_one(value, kind) for value in column]], kind)


def _one(value: pa.Scalar, kind: pa.DataType) -> pa.Scalar | None:
    try:
        return value.cast(kind, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
