"""Observations from a folder of Parquet and CSV files, refused with reasons where they are bad.

Files are read a piece at a time, in order of publication, and a month leaves memory as soon as no
piece to come can hold a row of it: a folder may be larger than memory where its files or their row
groups follow time. Every row that is read is checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from rtlmp.asof.vintages import Ints, SeriesRows, VintageRows, concat_series
from rtlmp.catalog import BY_NAME, STORED, SeriesName
from rtlmp.io.files import BadFileError
from rtlmp.schemas.columns import LOCATION, OBSERVED, PUBLISHED, SERIES, VALID, VALUE
from rtlmp.sources.files.checks import (
    Checked,
    Spellings,
    refuse_spellings,
    refuse_step,
    refuse_times,
    refuse_values,
)
from rtlmp.sources.files.pieces import Piece, pieces

KEYS: Final = (VALID, SERIES, LOCATION, PUBLISHED)
Index: TypeAlias = npt.NDArray[np.intp]
Chunk: TypeAlias = tuple[int, Path, SeriesRows]  # a piece's place, in order of files, and rows


def read_months(
    paths: Iterable[str | Path], wanted: Sequence[str] = (), now: float = np.inf
) -> Iterator[tuple[SeriesName, str, SeriesRows]]:
    """Series, UTC month of publication and its rows in order of publication, all checked.

    Of pieces that may hold a month of `wanted`, where some are named. A closed month never changes;
    nothing may be published after `now`, us. Raises BadFileError with file, column, row count and
    an example.
    """
    found = [
        (place, piece)
        for place, piece in enumerate(pieces(map(Path, paths), OBSERVED, {}))
        if not wanted or {*piece.months(wanted[0], wanted[-1])}.intersection(wanted)
    ]
    waiting = sorted(found, key=lambda item: item[1].since)
    held: dict[tuple[int, SeriesName], list[Chunk]] = {}
    spelt: Spellings = {}
    later = [*(piece.since for _, piece in waiting[1:]), np.inf]
    for (place, piece), since in zip(waiting, later, strict=False):
        for key, part in _parts(piece, spelt, now):
            held.setdefault(key, []).append((place, piece.path, part))
        closed = _month(int(since)) if np.isfinite(since) else since
        for month, q in sorted(key for key in held if key[0] < closed):
            yield q, str(np.datetime64(month, "M")), _whole(q, sorted(held.pop((month, q))))


def _parts(
    piece: Piece, spelt: Spellings, now: float
) -> Iterator[tuple[tuple[int, SeriesName], SeriesRows]]:
    """The rows of a piece, checked one by one, by month and series."""
    table = piece.read(OBSERVED)
    (series, names), (column, places) = (piece.text(table, name) for name in (SERIES, LOCATION))
    valid, publish = (piece.utc(table, name) for name in (VALID, PUBLISHED))
    rows = VintageRows(publish, valid, column, piece.numbers(table, VALUE))
    known = np.array([name in STORED for name in names], dtype=bool)[series]
    piece.refuse(table, [SERIES], ~known, f"unknown series; known: {[*STORED]}")
    of = Checked(piece, table, rows, places, series, [BY_NAME[name] for name in names])
    refuse_times(of, now)
    refuse_values(of)
    refuse_spellings(of, spelt)
    for month, code, where in _split(publish, series, len(names)):
        yield (month, of.names[code]), (rows.at(where), places)


def _split(publish: Ints, series: Index, width: int) -> Iterator[tuple[int, int, Index | slice]]:
    """Month, series out of `width` and the rows that have both, in their order."""
    if not len(publish):
        return
    first, last = (_month(int(at)) for at in (publish.min(), publish.max()))
    if first == last and width == 1:
        yield first, 0, slice(None)
        return
    starts = np.arange(first + 1, last + 1).astype("datetime64[M]").astype("datetime64[us]")
    month = np.searchsorted(starts.astype(np.int64), publish, side="right")
    group = month * width + series
    order = np.argsort(group, kind="stable")
    for of in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        later, code = divmod(int(group[of[0]]), width)
        yield first + later, code, of


def _whole(q: SeriesName, chunks: list[Chunk]) -> SeriesRows:
    """All rows of a series and month in order of publication; none may be there twice."""
    rows, places = concat_series([part for _, _, part in chunks])
    refuse_step(q, (rows, places), [*dict.fromkeys(str(path) for _, path, _ in chunks)])
    later, on = np.diff(rows.publish), np.diff(rows.valid)
    order = np.arange(len(rows.value))
    if (later < 0).any() or (on[later == 0] < 0).any():
        order = np.lexsort((rows.valid, rows.publish))
        rows = rows.at(order)
        later, on = np.diff(rows.publish), np.diff(rows.valid)
    key = np.append(0, np.cumsum((later != 0) | (on != 0))) * len(places) + rows.column
    if (np.diff(key) <= 0).any() and len(np.unique(key)) < len(key):
        raise _doubled(q, chunks, (rows, places), key, order)
    return rows, places


def _doubled(
    q: SeriesName, chunks: list[Chunk], part: SeriesRows, key: Ints, order: Ints
) -> BadFileError:
    """Of rows whose `key` others have; `order` is where they lay in the chunks."""
    by = np.argsort(key, kind="stable")
    twice = by[1:][np.diff(key[by]) == 0]
    row = int(twice.min())
    ends = np.cumsum([len(rows.value) for _, _, (rows, _) in chunks])
    found = np.searchsorted(ends, order[key == key[row]], side="right")
    files = [*dict.fromkeys(str(chunks[k][1]) for k in found)]
    where = "the same key twice" if len(files) == 1 else "the same key in two files"
    (publish, valid, column, _), places = part
    times = (str(np.datetime64(int(at[row]), "us")) for at in (valid, publish))
    example = dict(zip((VALID, PUBLISHED, LOCATION), (*times, places[column[row]]), strict=True))
    return BadFileError(
        f"{', '.join(files)}: column {', '.join(KEYS)}: {where}: {len(twice)} of {len(key)} rows "
        f"of {q} published in that month: {example}"
    )


def _month(at: int) -> int:
    """Months since 1970 of us since 1970."""
    return int(np.datetime64(at, "us").astype("datetime64[M]").astype(np.int64))
