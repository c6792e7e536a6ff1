"""The real-time price an hour at a time: highest, mean, and share of intervals that arrived.

SCED runs are not on round minutes and sometimes extra, so an interval has arrived when any run
starts in its five-minute (or fifteen-minute) slot. An hour is published when its last punctual
interval is; each straggler or correction after that makes one more vintage.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from rtlmp.asof.vintages import US_PER_HOUR, Floats, Ints, SeriesRows, VintageRows
from rtlmp.catalog import MINUTES, SeriesName

# An interval later than this after its hour's first one is a straggler or a correction: it
# makes a further vintage of the hour and does not delay the first.
ON_TIME: Final = 2 * US_PER_HOUR
US_PER_MINUTE: Final = 60_000_000


class HourCells(NamedTuple):
    """Rows grouped by (location, hour): (rows,)."""

    cell: Ints  # location * hours + hour
    hours: int
    first: int  # hour, since 1970


def hourly_vintages(rows: VintageRows, series: SeriesName) -> dict[SeriesName, VintageRows]:
    """Vintages of each hour and location of the real-time price `series`, by derived series."""
    if not len(rows.value):
        return dict.fromkeys((SeriesName.RT_MAX, SeriesName.RT_MEAN, SeriesName.RT_COVERAGE), rows)
    cells = _cells(rows)
    odd = _odd(rows, cells)
    step = MINUTES[series.step] * US_PER_MINUTE
    made = [_punctual(rows.at(~odd), cells._replace(cell=cells.cell[~odd]), step)]
    if odd.any():
        made.append(_revised(rows.at(odd), cells._replace(cell=cells.cell[odd]), step))
    publish, valid, column, *values = (np.concatenate(arrays) for arrays in zip(*made, strict=True))
    names = (SeriesName.RT_MAX, SeriesName.RT_MEAN, SeriesName.RT_COVERAGE)
    return {q: VintageRows(publish, valid, column, v) for q, v in zip(names, values, strict=True)}


def first_hour(of: SeriesRows) -> int:
    """The earliest hour that rows are of, us since 1970; there is a row."""
    return int(of[0].valid.min()) // US_PER_HOUR * US_PER_HOUR


def published_in_month(
    of: SeriesRows, series: SeriesName, month: str
) -> dict[SeriesName, SeriesRows]:
    """Those vintages of `hourly_vintages` that were published in the UTC month "YYYY-MM"."""
    rows, places = of
    return {
        q: (published_in(made, month), places) for q, made in hourly_vintages(rows, series).items()
    }


def published_in(rows: VintageRows, month: str) -> VintageRows:
    """Those of `rows` published in the UTC month "YYYY-MM"."""
    return rows.at(
        rows.publish.astype("datetime64[us]").astype("datetime64[M]") == np.datetime64(month)
    )


def _cells(rows: VintageRows) -> HourCells:
    hour = rows.valid // US_PER_HOUR
    first = int(hour.min())
    hours = int(hour.max()) - first + 1
    return HourCells(rows.column * hours + hour - first, hours, first)


def _odd(rows: VintageRows, cells: HourCells) -> npt.NDArray[np.bool_]:
    """Rows of hours with a straggler or a correction: few, so they may take longer."""
    earliest = np.full(cells.cell.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, cells.cell, rows.publish)
    odd = np.zeros(len(earliest), dtype=bool)
    odd[cells.cell[rows.publish > earliest[cells.cell] + ON_TIME]] = True
    interval = cells.cell * US_PER_HOUR + rows.valid % US_PER_HOUR
    ordered = np.sort(interval)
    odd[ordered[1:][ordered[1:] == ordered[:-1]] // US_PER_HOUR] = True
    return odd[cells.cell]


def _punctual(rows: VintageRows, cells: HourCells, step: int) -> tuple[Ints | Floats, ...]:
    """One vintage a cell: publish, valid, column, highest, mean, share; without a loop."""
    there = np.bincount(cells.cell) > 0
    held, cell = np.flatnonzero(there), (np.cumsum(there) - 1)[cells.cell]
    publish, highest = np.zeros(len(held), dtype=np.int64), np.full(len(held), -np.inf)
    np.maximum.at(publish, cell, rows.publish)
    np.maximum.at(highest, cell, rows.value)
    slots = np.zeros(len(held), dtype=np.int64)
    np.bitwise_or.at(slots, cell, 1 << (rows.valid % US_PER_HOUR // step))
    mean = np.bincount(cell, rows.value, len(held)) / np.bincount(cell, minlength=len(held))
    valid = (held % cells.hours + cells.first) * US_PER_HOUR
    share = np.bitwise_count(slots) / (US_PER_HOUR / step)
    return publish, valid, held // cells.hours, highest, mean, share


def _revised(rows: VintageRows, cells: HourCells, step: int) -> tuple[Ints | Floats, ...]:
    """The same of cells that became public bit by bit: a row for each vintage."""
    order = np.lexsort((rows.valid, rows.publish, cells.cell))
    rows, cell = rows.at(order), cells.cell[order]
    made = []
    for one in np.split(np.arange(len(cell)), np.flatnonzero(np.diff(cell)) + 1):
        of, hour = rows.at(one), cells._replace(cell=cell[one])
        late = _late(of)
        made.append(_punctual(of.at(~late), hour._replace(cell=hour.cell[~late]), step))
        for at in np.unique(of.publish[late]):
            seen = _latest(of, of.publish <= at)
            made.append(_punctual(of.at(seen), hour._replace(cell=hour.cell[seen]), step))
    return tuple(np.concatenate(arrays) for arrays in zip(*made, strict=True))


def _late(of: VintageRows) -> npt.NDArray[np.bool_]:
    """Rows of one cell, in order of publication, that correct another or come too late."""
    again = np.ones(len(of.valid), dtype=bool)
    again[np.unique(of.valid, return_index=True)[1]] = False
    return again | (of.publish > of.publish[0] + ON_TIME)


def _latest(of: VintageRows, seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Of the `seen` rows of one cell, the last published of each interval."""
    index = np.flatnonzero(seen)[::-1]
    return index[np.unique(of.valid[index], return_index=True)[1]]
