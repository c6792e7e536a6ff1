"""Vintages of hourly series as arrays, and what of them was known at an instant.

Of each hour and location the last vintage lies in a dense array beside its time of publication, so
what was known at any instant is one comparison; the few or many vintages it superseded are kept in
order. Free of pandas: a training job reads a few arrays and is off (`rtlmp.schemas.columns`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.io import parquet
from rtlmp.io.files import CHECKSUMS, BadFileError, atomic, naming
from rtlmp.io.parquet import dictionary_codes, open_parquet, possible_row_groups, to_numpy
from rtlmp.schemas.columns import LOCATION, OBSERVED, PUBLISHED, SERIES, VALID, VALUE

Floats: TypeAlias = npt.NDArray[np.float64]
Matrix: TypeAlias = npt.NDArray[np.float32]  # (rows, features), NaN is missing
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Indices: TypeAlias = npt.NDArray[np.intp]
US_PER_HOUR: Final = 3_600_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEVER: Final = np.iinfo(np.int64).max
ROW_GROUP: Final = 1 << 17  # rows of a file that can be read apart
UTC_TIMES: Final = pa.timestamp("us", "UTC")
KINDS: Final = (UTC_TIMES, pa.string(), pa.string(), UTC_TIMES, pa.float64())
TOLD: Final = {"rtlmp": '{"schema_version": "1", "units": {"value": "as `series`"}}'}
SCHEMA: Final = pa.schema(zip(OBSERVED, KINDS, strict=True), TOLD)


def to_us(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


class VintageRows(NamedTuple):
    """One vintage a row of one series, (rows,) each, in any order."""

    publish: Ints  # us since 1970
    valid: Ints  # start of the interval, us since 1970
    column: Indices  # index into the locations
    value: Floats

    def at(self, rows: Flags | Indices | slice) -> "VintageRows":
        publish, valid, column, value = self
        return VintageRows(publish[rows], valid[rows], column[rows], value[rows])


NOTHING: Final = np.empty(0, dtype=np.int64)
NO_ROWS: Final = VintageRows(NOTHING, NOTHING, NOTHING.astype(np.intp), np.empty(0))


class Vintages(NamedTuple):
    """One series: (hours, locations) of the last vintages, and those before them."""

    start: int  # the first hour, hours since 1970
    value: Floats
    publish: Ints  # of `value`; NEVER where there is none
    superseded: VintageRows  # in order of publication
    locations: list[str]


Archive: TypeAlias = Mapping[SeriesName, Vintages]
SeriesRows: TypeAlias = tuple[VintageRows, list[str]]  # and the locations that `column` counts
RowsBySeries: TypeAlias = Mapping[SeriesName, SeriesRows]


def load_observations(
    paths: Iterable[str | Path], locations: Collection[str] = (), since: int = 0
) -> RowsBySeries:
    """The series in observation files at `locations`, or everywhere, of intervals from `since`, us.

    Without pandas, and only the row groups that may hold such. The files are the pipeline's own,
    checked when they were written.
    """
    found: dict[SeriesName, list[SeriesRows]] = {}
    for path in parquet.safe_footers(paths):
        with naming(path):
            for q, rows in _read(path, frozenset(locations), since):
                found.setdefault(q, []).append(rows)
    return {q: concat_series(of) for q, of in found.items()}


def read_archive(paths: Iterable[str | Path], locations: Collection[str] = ()) -> Archive:
    """The hourly series in observation files, indexed for `known_at`; no rows: empty."""
    return index_vintages(load_observations(paths, locations))


def index_vintages(rows: RowsBySeries) -> Archive:
    """Every hourly series, laid out for `known_at`."""
    none, hourly = concat_series([]), (q for q in SeriesName if q.step == "h")
    return {q: arrange_vintages(*rows.get(q, none)) for q in hourly}


def merge_series(*each: RowsBySeries) -> RowsBySeries:
    """All rows of each series."""
    series = dict.fromkeys(q for of in each for q in of)
    return {q: concat_series([of[q] for of in each if q in of]) for q in series}


def save_observations(rows: RowsBySeries, path: str | Path) -> None:
    """Write `Observations`, whole or not at all."""
    tables = [observation_table(q, *of) for q, of in rows.items()] or [SCHEMA.empty_table()]
    atomic(path, lambda tmp: pq.write_table(pa.concat_tables(tables), tmp, ROW_GROUP, **CHECKSUMS))


def arrange_vintages(rows: VintageRows, locations: list[str]) -> Vintages:
    """`rows` laid out for `known_at`."""
    if not len(rows.valid):
        none = np.empty((0, len(locations)))
        return Vintages(0, none, none.astype(np.int64), rows, locations)
    if (np.diff(rows.publish) < 0).any():
        rows = rows.at(np.argsort(rows.publish, kind="stable"))
    hour, width = rows.valid // US_PER_HOUR, len(locations)
    start = int(hour.min())
    cell = (hour - start) * width + rows.column
    shape = (int(hour.max()) - start + 1, width)
    last = np.full(shape[0] * width, -1)
    last[cell] = np.arange(len(cell))  # in order of publication: the last one of a cell remains
    before = last[cell] != np.arange(len(cell))
    value = np.where(last >= 0, rows.value[last], np.nan).reshape(shape)
    publish = np.where(last >= 0, rows.publish[last], NEVER).reshape(shape)
    return Vintages(start, value, publish, rows.at(before), locations)


def known_at(of: Vintages, at: datetime, hours: range) -> Floats:
    """Latest values published by `at` of `hours` (since 1970): (hours, locations)."""
    out = np.full((len(hours), len(of.locations)), np.nan)
    count = np.searchsorted(of.superseded.publish, to_us(at), side="right")
    published = of.superseded.at(slice(count))
    row = published.valid // US_PER_HOUR - hours.start
    old = published.at((row >= 0) & (row < len(hours)))
    # rows come in order of publication, so a later vintage overwrites an earlier one
    out[old.valid // US_PER_HOUR - hours.start, old.column] = old.value
    skip = of.start - hours.start  # row of `out` that the first hour of `of` stands in
    begin, end = max(skip, 0), min(skip + len(of.value), len(hours))
    if begin < end:
        rows = slice(begin - skip, end - skip)
        np.copyto(out[begin:end], of.value[rows], where=of.publish[rows] <= to_us(at))
    return out


def observation_table(q: SeriesName, rows: VintageRows, locations: list[str]) -> pa.Table:
    """`Observations` of one series."""
    places = pa.array(locations, pa.string())
    columns = {
        VALID: pa.array(rows.valid, pa.int64()).cast(UTC_TIMES),
        SERIES: pa.repeat(str(q), len(rows.value)),
        LOCATION: pa.DictionaryArray.from_arrays(rows.column.astype(np.int32), places),
        PUBLISHED: pa.array(rows.publish, pa.int64()).cast(UTC_TIMES),
        VALUE: rows.value,
    }
    return pa.table(columns).cast(SCHEMA)


def _read(
    path: str | Path, wanted: frozenset[str], since: int
) -> Iterator[tuple[SeriesName, SeriesRows]]:
    file = open_parquet(path, [SERIES, LOCATION])
    least, most = min(wanted, default=None), max(wanted, default=None)
    bounds = {VALID: (since or None, None), LOCATION: (least, most)}
    table = file.read_row_groups(possible_row_groups(file, bounds), columns=list(OBSERVED))
    if not len(table):
        return  # its columns may have no type
    if {table.schema.field(name).type for name in (PUBLISHED, VALID)} != {UTC_TIMES}:
        raise BadFileError(f"{path}: times are {table.schema}, want {UTC_TIMES}")
    (series, names), (column, places) = (dictionary_codes(table[q]) for q in (SERIES, LOCATION))
    publish, valid = (to_numpy(table[name].cast(pa.int64())) for name in (PUBLISHED, VALID))
    whole = VintageRows(publish, valid, column, to_numpy(table[VALUE]))
    there = np.array([not wanted or place in wanted for place in places], dtype=bool)
    kept = there[column] & (valid >= since)
    for code, name in enumerate(names):
        of = kept & (series == code) if len(names) > 1 else kept
        if of.any():
            yield BY_NAME[name], (whole if of.all() else whole.at(of), places)


def concat_series(each: Sequence[SeriesRows]) -> SeriesRows:
    """All rows over one sorted list of the locations that have any."""
    used = {of[k] for rows, of in each for k in np.flatnonzero(np.bincount(rows.column))}
    index = {place: k for k, place in enumerate(sorted(used))}
    if len(each) == 1 and each[0][1] == [*index]:
        return each[0]  # millions of rows, not copied
    moved = [NO_ROWS]
    for rows, of in each:
        to = np.array([index.get(place, -1) for place in of], dtype=np.intp)
        moved.append(rows._replace(column=to[rows.column]))
    return VintageRows(*(np.concatenate(arrays) for arrays in zip(*moved, strict=True))), [*index]
