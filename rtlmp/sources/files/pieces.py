"""Observation files a piece at a time: the one place that opens them and says what is in a column.

Free of pandas, as pyarrow.dataset is not: Snakemake reads prices here before any rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rtlmp.asof.vintages import UTC_TIMES, Flags, Floats, Ints
from rtlmp.io import parquet
from rtlmp.io.files import BadFileError, naming
from rtlmp.io.parquet import Bounds, extent, flags, open_parquet, safe_footers, to_numpy
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES
from rtlmp.sources.files.folder import bad_rows, header, kind_of, read_text

WORDS: Final = (SERIES, LOCATION)
UTC_NAMES: Final = r"\s*([zZ]|UTC|GMT|Etc/UTC)$"
INSTANT: Final = r"\d\d:?\d\d(:?\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$"  # a clock and its offset
NOT_UTC: Final = "not a UTC time: write 2024-08-20T15:00:00Z"


class Piece(NamedTuple):
    """A row group of a Parquet file, or a whole file of CSV."""

    path: Path
    kind: str | None  # as `kind_of` says
    group: int
    row: int  # of the file that it starts with
    since: float  # us since 1970 of its earliest publication; -inf: not known before all is read
    until: float  # and of its last; inf

    def read(self, names: Collection[str]) -> pa.Table:
        """Columns of it; those of CSV are text."""
        words = [name for name in WORDS if name in names]
        with naming(self.path):
            if self.kind == "parquet":
                file = open_parquet(self.path, words)
                return file.read_row_group(self.group, columns=list(names))
            types = {name: pa.string() for name in names}
            types |= dict.fromkeys(words, pa.dictionary(pa.int32(), pa.string()))
            return read_text(self.path, self.kind, types)

    def months(self, first: str, last: str) -> list[str]:
        """Of the UTC months from `first` to `last`, those that it may hold publications of."""
        edges = np.arange(first, np.datetime64(last, "M") + 2, dtype="datetime64[M]")
        at = edges.astype("datetime64[us]").astype(np.int64)
        there = (at[:-1] <= self.until) & (at[1:] > self.since)
        return [str(month) for month in edges[:-1][there]]

    def refuse(self, table: pa.Table, columns: list[str], bad: Flags, why: str) -> None:
        """Raises BadFileError where a row is `bad`."""
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            example = {c: str(table[c][row].as_py()) for c in columns}
            raise bad_rows(self.path, columns, bad, why, self.row + row, example)

    def text(self, table: pa.Table, name: str) -> tuple[npt.NDArray[np.intp], list[str]]:
        """A column of words, none empty: index into the words, and these without blanks around."""
        column, kind = table[name], table[name].type
        self.refuse(table, [name], flags(column.is_null()), "not text")
        words = column if pa.types.is_dictionary(kind) else _cast(column, pa.string())
        self.refuse(table, [name], np.full(len(column), not _is_text(kind)), f"{kind}, not text")
        index, names = parquet.dictionary_codes(words.dictionary_encode())
        names = [name.strip() if isinstance(name, str) else "" for name in names]
        bad = np.array([not name for name in names], dtype=bool)
        self.refuse(table, [name], bad[index], "not text")
        return index, names

    def utc(self, table: pa.Table, name: str) -> Ints:
        """Instants as us since 1970; times without their zone are refused."""
        column, kind, why = table[name], table[name].type, "missing time"
        if pa.types.is_timestamp(kind):
            naive = np.full(len(column), kind.tz is None)
            self.refuse(table, [name], naive, "times in zone None: convert them to UTC")
        else:
            column, why = _cast(column, pa.string()), NOT_UTC
            column = pc.replace_substring_regex(column, UTC_NAMES, "Z")
            ends = pc.match_substring_regex(column, INSTANT)
            self.refuse(table, [name], ~flags(pc.and_kleene(column.is_valid(), ends)), why)
            column = _cast(column, pa.timestamp("ns", "UTC"))
        self.refuse(table, [name], flags(column.is_null()), why)
        return to_numpy(column.cast(UTC_TIMES, safe=False).cast(pa.int64()))

    def numbers(self, table: pa.Table, name: str) -> Floats:
        """Finite numbers."""
        column, kind = table[name], table[name].type
        if _is_text(kind):
            column = pc.utf8_trim_whitespace(column.cast(pa.string()))
        found = _cast(column, pa.float64())
        finite = flags(pc.and_kleene(found.is_valid(), pc.is_finite(found)))
        bad = ~finite | np.full(len(finite), pa.types.is_boolean(kind))
        self.refuse(table, [name], bad, "not a number: leave such rows out")
        return to_numpy(found)


def pieces(
    paths: Iterable[Path], wanted: Collection[str], bounds: Mapping[str, Bounds]
) -> Iterator[Piece]:
    """What can be read at a time of files that have the columns `wanted`, and may lie in `bounds`.

    Raises BadFileError for a file that cannot be opened or lacks a column.
    """
    for path in safe_footers(paths):
        packed = kind_of(path)
        if packed != "parquet":
            _complete(path, wanted, header(path, packed)[1])
            whole = Piece(path, packed, 0, 0, -np.inf, np.inf)
            yield from _dated(whole, path.stat().st_mtime_ns)
            continue
        file = open_parquet(path)
        plain = [of.name for of in file.schema_arrow if not pa.types.is_nested(of.type)]
        _complete(path, wanted, plain)
        groups = [file.metadata.row_group(k) for k in range(file.num_row_groups)]
        rows = [0, *accumulate(group.num_rows for group in groups)]
        kind = file.schema_arrow.field(PUBLISHED).type
        for k in parquet.possible_row_groups(file, bounds):
            yield Piece(path, packed, k, rows[k], *_span(extent(groups[k], PUBLISHED), kind))


@cache
def _dated(whole: Piece, _: int) -> list[Piece]:
    """A file of text with its first and last publication, if it has any: parsed once a process,
    and again when it has changed (ns)."""
    at = whole.utc(whole.read([PUBLISHED]), PUBLISHED)
    return [whole._replace(since=int(at.min()), until=int(at.max()))] if len(at) else []


def _span(told: Bounds, kind: pa.DataType) -> tuple[float, float]:
    """First and last time in us; those that are no instants have to be read, and refused."""
    if None in told or not pa.types.is_timestamp(kind) or kind.tz is None:
        return -np.inf, np.inf
    times = np.array(told).astype(f"datetime64[{kind.unit}]").astype("datetime64[us]")
    first, last = times.astype(np.int64).tolist()
    return first, last


def _complete(path: Path, wanted: Collection[str], names: list[str]) -> None:
    if missing := sorted(set(wanted) - set(names)):
        raise BadFileError(f"{path}: no column {missing}; the file has {names}")
    if twice := sorted(name for name in wanted if names.count(name) > 1):
        raise BadFileError(f"{path}: column {twice} is there twice; the file has {names}")


def _is_text(kind: pa.DataType) -> bool:
    """Words, however they are stored; a column without a value has no type."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    of = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(test(kind) for test in of)


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
