"""Observations from a folder of Parquet and CSV files, refused with reasons where they are bad.

Files are read a piece at a time, in order of publication, and a month leaves memory as soon as no
piece to come can hold a row of it: a folder may be larger than memory where its files or their row
groups follow time. Every row that is read is checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

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
Chunk: TypeAlias = tuple[Path, SeriesRows]


def read_months(
    paths: Iterable[str | Path], wanted: Sequence[str] = (), now: float = np.inf
) -> Iterator[tuple[SeriesName, str, SeriesRows]]:
    """Series, UTC month of publication and its rows in order of publication, all checked.

    Of pieces that may hold a month of `wanted`, where some are named. A closed month never changes;
    nothing may be published after `now`, us. Raises BadFileError with file, column, row count and
    an example.
    """
    waiting = [
        piece
        for piece in pieces(map(Path, paths), OBSERVED, {})
        if not wanted or {*piece.months(wanted[0], wanted[-1])}.intersection(wanted)
    ]
    waiting.sort(key=lambda piece: piece.since)
    held: dict[tuple[int, SeriesName], list[Chunk]] = {}
    spelt: Spellings = {}
    later = [*(piece.since for piece in waiting[1:]), np.inf]
    for piece, since in zip(waiting, later, strict=False):
        for key, part in _parts(piece, spelt, now):
            held.setdefault(key, []).append((piece.path, part))
        closed = int(_month(np.array([int(since)]))[0]) if np.isfinite(since) else since
        for month, q in sorted(key for key in held if key[0] < closed):
            yield q, str(np.datetime64(month, "M")), _whole(q, held.pop((month, q)))


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
    group = _month(publish) * len(names) + series
    order = np.argsort(group, kind="stable")
    for where in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(where):
            month, code = divmod(int(group[where[0]]), len(names))
            yield (month, of.names[code]), (rows.at(where), places)


def _whole(q: SeriesName, chunks: list[Chunk]) -> SeriesRows:
    """All rows of a series and month in order of publication; none may be there twice."""
    rows, places = concat_series([part for _, part in chunks])
    refuse_step(q, (rows, places), [*dict.fromkeys(str(path) for path, _ in chunks)])
    rows = rows.at(np.lexsort((rows.column, rows.valid, rows.publish)))
    publish, valid, column, _ = rows
    same = (np.diff(publish) == 0) & (np.diff(valid) == 0) & (np.diff(column) == 0)
    if same.any():
        k = int(np.flatnonzero(same)[0])
        raise _doubled(q, chunks, f"{same.sum()} of {len(valid)}", rows.at(slice(k, k + 1)), places)
    return rows, places


def _doubled(
    q: SeriesName, chunks: list[Chunk], count: str, row: VintageRows, names: list[str]
) -> BadFileError:
    """Of rows that are there twice, as `row`."""
    place, found = names[row.column[0]], dict[str, None]()
    for path, (rows, places) in chunks:
        here = rows.at((rows.publish == row.publish) & (rows.valid == row.valid))
        if place in {places[k] for k in here.column}:
            found[str(path)] = None
    where = "the same key twice" if len(found) == 1 else "the same key in two files"
    valid, publish = (str(np.datetime64(int(at[0]), "us")) for at in (row.valid, row.publish))
    example = {VALID: valid, PUBLISHED: publish, LOCATION: place}
    return BadFileError(
        f"{', '.join(found)}: column {', '.join(KEYS)}: {where}: {count} rows "
        f"of {q} published in that month: {example}"
    )


def _month(at: Ints) -> Ints:
    """Months since 1970 of us since 1970."""
    return at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
