"""Observations from a folder of Parquet and CSV files, refused with reasons where they are bad.

Files are read a piece at a time, in order of publication, and a month leaves memory as soon as no
piece to come can hold a row of it: a folder may be larger than memory where its files or their row
groups follow time. Every row is checked once.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from rtlmp.asof.vintages import Flags, Ints, SeriesRows, VintageRows, concat_series
from rtlmp.catalog import ACTUALS, BY_NAME, STORED, SeriesName
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES, VALID, VALUE
from rtlmp.sources.files.groups import BadFileError
from rtlmp.sources.files.pieces import Codes, Piece, numbers, pieces, read, text, utc

KEYS: Final = (VALID, SERIES, LOCATION, PUBLISHED)


class Chunk(NamedTuple):
    """Rows of one series and month out of one piece."""

    place: int  # of the piece, in the order of the files
    path: Path
    part: SeriesRows


def read_months(paths: Iterable[str | Path]) -> Iterator[tuple[SeriesName, str, SeriesRows]]:
    """Series, UTC month of publication and its rows in order of publication, all checked.

    A closed month never changes. Raises BadFileError with file, column, row count and an example.
    """
    waiting = sorted(enumerate(pieces(map(Path, paths))), key=lambda item: item[1].since)
    held: dict[tuple[str, SeriesName], list[Chunk]] = {}
    for k, (place, piece) in enumerate(waiting):
        for key, part in _parts(piece):
            held.setdefault(key, []).append(Chunk(place, piece.path, part))
        still = _month(waiting[k + 1][1].since) if k + 1 < len(waiting) else None
        for month, q in sorted(held):
            if still is None or month < still:
                found = sorted(held.pop((month, q)), key=lambda chunk: chunk.place)
                yield q, month, _whole(q, found)


def _parts(piece: Piece) -> Iterator[tuple[tuple[str, SeriesName], SeriesRows]]:
    """The rows of a piece, checked one by one, by month and series."""
    table = read(piece)
    series, places = (text(piece, table, name) for name in (SERIES, LOCATION))
    valid, publish = (utc(piece, table, name) for name in (VALID, PUBLISHED))
    value = numbers(piece, table, VALUE)
    known = np.array([name in STORED for name in series.names], dtype=bool)
    unknown = ~known[series.codes]
    piece.refuse(table, [SERIES], unknown, f"unknown series; known: {[*STORED]}")
    actual = np.array([name in ACTUALS for name in series.names], dtype=bool)[series.codes]
    early = actual & (publish < valid)
    piece.refuse(table, [VALID, PUBLISHED], early, "an actual published before its interval began")
    rows = VintageRows(publish, valid, places.codes, value)
    for month, code, of in _split(series, publish):
        part = rows if of is None else rows.at(of), places.names
        yield (month, BY_NAME[series.names[code]]), part


def _split(series: Codes, publish: Ints) -> Iterator[tuple[str, int, npt.NDArray[np.intp] | None]]:
    """Month, series and its rows, in order; None is all of them."""
    if not len(publish):
        return
    ends = {_month(int(publish.min())), _month(int(publish.max()))}
    if len(ends) == 1 and len(series.names) == 1:
        yield ends.pop(), 0, None
        return
    month = publish.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    group = month * len(series.names) + series.codes
    order = np.argsort(group, kind="stable")
    for of in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        yield _month(int(publish[of[0]])), int(series.codes[of[0]]), of


def _whole(q: SeriesName, chunks: list[Chunk]) -> SeriesRows:
    """All rows of a series and month in order of publication; none may be there twice."""
    rows, places = concat_series([chunk.part for chunk in chunks])
    order = np.arange(len(rows.value))
    back = np.diff(rows.publish)
    if (back < 0).any() or ((back == 0) & (np.diff(rows.valid) < 0)).any():
        order = np.lexsort((rows.valid, rows.publish))
        rows = rows.at(order)
    if (twice := _twice(rows, len(places))).any():
        raise _doubled(q, chunks, rows, places, twice, order)
    return rows, places


def _twice(rows: VintageRows, width: int) -> Flags:
    """Rows, in order of publication and interval, whose key a row before them has."""
    fresh = (np.diff(rows.publish) != 0) | (np.diff(rows.valid) != 0)
    cell = np.append(0, np.cumsum(fresh)) * width + rows.column
    out = np.zeros(len(cell), dtype=bool)
    if (np.diff(cell) <= 0).any():
        order = np.argsort(cell, kind="stable")
        out[order[1:]] = np.diff(cell[order]) == 0
    return out


def _doubled(
    q: SeriesName,
    chunks: list[Chunk],
    rows: VintageRows,
    places: list[str],
    twice: Flags,
    order: Ints,
) -> BadFileError:
    row = int(np.flatnonzero(twice)[0])
    same = (rows.publish == rows.publish[row]) & (rows.valid == rows.valid[row])
    both = order[same & (rows.column == rows.column[row])]
    ends = np.cumsum([len(chunk.part[0].value) for chunk in chunks])
    files = [chunks[k].path for k in np.searchsorted(ends, both, side="right")]
    where = "the same key twice" if len(set(files)) == 1 else "the same key in two files"
    named = ", ".join(map(str, dict.fromkeys(files)))
    times = (np.datetime64(int(at[row]), "us") for at in (rows.valid, rows.publish))
    example = dict(zip((VALID, PUBLISHED), map(str, times), strict=True))
    return BadFileError(
        f"{named}: column {', '.join(KEYS)}: {where}: {int(twice.sum())} of {len(twice)} rows of "
        f"{q} published in that month: { ({**example, LOCATION: places[rows.column[row]]}) }"
    )


def _month(at: float) -> str:
    """UTC month "YYYY-MM" of to_us since 1970; before all others where nothing is known."""
    return str(np.datetime64(int(at), "us").astype("datetime64[M]")) if at > -np.inf else ""
