"""Observations from a folder of Parquet and CSV files, refused with reasons where they are bad.

Files are read a piece at a time: of one that is larger than memory a month, where its row groups
follow time. Every row that is read is checked.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from rtlmp.asof.vintages import SeriesRows, VintageRows, concat_series
from rtlmp.catalog import BY_NAME, STORED, SeriesName
from rtlmp.io.files import BadFileError, naming
from rtlmp.schemas.columns import LOCATION, OBSERVED, PUBLISHED, SERIES, VALID, VALUE
from rtlmp.sources.files.checks import Checked, Spellings, refuse_impossible, refuse_step
from rtlmp.sources.files.pieces import Piece, pieces

KEYS: Final = (VALID, SERIES, LOCATION, PUBLISHED)
Chunk: TypeAlias = tuple[Path, SeriesRows]


def read_months(
    paths: Iterable[str | Path], wanted: Collection[str] = (), now: float = np.inf
) -> Iterator[tuple[SeriesName, str, SeriesRows]]:
    """Series, UTC month of publication and its rows in order of publication, all checked.

    Only the months of `wanted`, where some are named, from the pieces that may hold one. Nothing
    may be published after `now`, us. Raises BadFileError with file, column, row count and an
    example.
    """
    held: dict[tuple[str, SeriesName], list[Chunk]] = {}
    spelt: Spellings = {}
    for piece in pieces(map(Path, paths), OBSERVED, {}):
        if not wanted or {*wanted}.intersection(piece.months(min(wanted), max(wanted))):
            with naming(piece.path):
                for month, q, part in _parts(piece, spelt, now):
                    if not wanted or month in wanted:
                        held.setdefault((month, q), []).append((piece.path, part))
    for month, q in sorted(held):
        yield q, month, _whole(q, held.pop((month, q)))


def _parts(
    piece: Piece, spelt: Spellings, now: float
) -> Iterator[tuple[str, SeriesName, SeriesRows]]:
    """The rows of a piece, checked one by one, by month and series."""
    table = piece.read(OBSERVED)
    (series, names), (column, places) = (piece.text(table, name) for name in (SERIES, LOCATION))
    valid, publish = (piece.utc(table, name) for name in (VALID, PUBLISHED))
    rows = VintageRows(publish, valid, column, piece.numbers(table, VALUE))
    known = np.array([name in STORED for name in names], dtype=bool)[series]
    piece.refuse(table, [SERIES], ~known, f"unknown series; known: {[*STORED]}")
    of = Checked(piece, table, rows, places, series, [BY_NAME[name] for name in names])
    refuse_impossible(of, now, spelt)
    month = publish.astype("datetime64[us]").astype("datetime64[M]")
    group = month.astype(np.int64) * len(names) + series
    order = np.argsort(group, kind="stable")
    for where in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(where):
            first = where[0]
            yield str(month[first]), of.names[series[first]], (rows.at(where), places)


def _whole(q: SeriesName, chunks: list[Chunk]) -> SeriesRows:
    """All rows of a series and month in order of publication; none may be there twice."""
    rows, places = concat_series([part for _, part in chunks])
    refuse_step(q, (rows, places), [*dict.fromkeys(str(path) for path, _ in chunks)])
    order = np.lexsort((rows.column, rows.valid, rows.publish))
    publish, valid, column, _ = rows = rows.at(order)
    same = (np.diff(publish) == 0) & (np.diff(valid) == 0) & (np.diff(column) == 0)
    if same.any():
        k = int(np.flatnonzero(same)[0])
        file = np.repeat(np.arange(len(chunks)), [len(part.valid) for _, (part, _) in chunks])
        found = dict.fromkeys(str(chunks[of][0]) for of in file[order][k : k + 2])
        where = "the same key twice" if len(found) == 1 else "the same key in two files"
        instants = (str(np.datetime64(int(at[k]), "us")) for at in (valid, publish))
        example = dict(
            zip((VALID, PUBLISHED, LOCATION), (*instants, places[column[k]]), strict=True)
        )
        raise BadFileError(
            f"{', '.join(found)}: column {', '.join(KEYS)}: {where}: {same.sum()} of {len(valid)} "
            f"rows of {q} published in that month: {example}"
        )
    return rows, places
