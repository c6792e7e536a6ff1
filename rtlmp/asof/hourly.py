"""The real-time price an hour at a time: highest, mean, and share of intervals that arrived.

SCED runs are not on round minutes and sometimes extra, so an interval has arrived when any run
starts in its five-minute (or fifteen-minute) slot. An hour is published when its last punctual
interval is; each straggler or correction after that makes one more vintage.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from rtlmp.asof.vintages import US_PER_HOUR, Flags, Floats, Indices, Ints, SeriesRows, VintageRows
from rtlmp.catalog import MINUTES, SeriesName

# An interval later than this after its hour's first one is a straggler or a correction: it
# makes a further vintage of the hour and does not delay the first.
ON_TIME: Final = 2 * US_PER_HOUR
US_PER_MINUTE: Final = 60_000_000
RANKS: Final = {SeriesName.RT_SECOND: 2, SeriesName.RT_THIRD: 3}
NAMES: Final = (SeriesName.RT_MAX, SeriesName.RT_MEAN, SeriesName.RT_COVERAGE, *RANKS)


def hourly_vintages(rows: VintageRows, series: SeriesName) -> dict[SeriesName, VintageRows]:
    """Vintages of each hour and location of the real-time price `series`, by derived series."""
    if not len(rows.value):
        return dict.fromkeys(NAMES, rows)
    odd, step = _odd(rows), MINUTES[series.step] * US_PER_MINUTE
    made = [] if odd.all() else [_punctual(rows.at(~odd) if odd.any() else rows, step)]
    made += _revised(rows.at(odd), step)
    publish, valid, column, *values = (np.concatenate(arrays) for arrays in zip(*made, strict=True))
    each = ((q, VintageRows(publish, valid, column, v)) for q, v in zip(NAMES, values, strict=True))
    return {q: of.at(~np.isnan(of.value)) for q, of in each}


def first_hour(of: SeriesRows) -> int:
    """The earliest hour that rows are of, us since 1970; there is a row."""
    return int(of[0].valid.min()) // US_PER_HOUR * US_PER_HOUR


def published_in_month(
    of: SeriesRows, series: SeriesName, month: str
) -> dict[SeriesName, SeriesRows]:
    """Those vintages of `hourly_vintages` that were published in the UTC month "YYYY-MM"."""
    first = np.datetime64(month)
    start, end = (at.astype("datetime64[us]").astype(np.int64) for at in (first, first + 1))
    made = hourly_vintages(of[0], series).items()
    return {q: (r.at((start <= r.publish) & (r.publish < end)), of[1]) for q, r in made}


def _cells(rows: VintageRows) -> Ints:
    """Number of the location and hour of each row, rising with both."""
    hour = rows.valid // US_PER_HOUR
    return rows.column * (hour.max() - hour.min() + 1) + hour - hour.min()


def _odd(rows: VintageRows) -> Flags:
    """Rows of hours with a straggler or a correction: few, so they may take longer."""
    cell = _cells(rows)
    earliest = np.full(cell.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, cell, rows.publish)
    odd = np.zeros(len(earliest), dtype=bool)
    odd[cell[rows.publish > earliest[cell] + ON_TIME]] = True
    ordered = np.sort(cell * US_PER_HOUR + rows.valid % US_PER_HOUR)  # intervals
    odd[ordered[1:][ordered[1:] == ordered[:-1]] // US_PER_HOUR] = True
    return odd[cell]


def _punctual(rows: VintageRows, step: int) -> tuple[Ints | Floats, ...]:
    """One vintage a cell: publish, valid, column, the values of NAMES; without a loop over them."""
    cell = _cells(rows)
    there = np.bincount(cell) > 0
    count, cell = int(there.sum()), (np.cumsum(there) - 1)[cell]
    publish, highest = np.zeros(count, dtype=np.int64), np.full(count, -np.inf)
    np.maximum.at(publish, cell, rows.publish)
    np.maximum.at(highest, cell, rows.value)
    slots, row = np.zeros((2, count), dtype=np.int64)
    np.bitwise_or.at(slots, cell, 1 << (rows.valid % US_PER_HOUR // step))
    mean = np.bincount(cell, rows.value, count) / np.bincount(cell, minlength=count)
    row[cell] = np.arange(len(cell))  # any one of the cell's
    valid = rows.valid[row] // US_PER_HOUR * US_PER_HOUR
    share = np.bitwise_count(slots) / (US_PER_HOUR / step)
    next_to = _ranked(rows.value, cell, share < 1)
    return publish, valid, rows.column[row], highest, mean, share, *next_to


def _ranked(value: Floats, cell: Ints, wanted: Flags) -> Iterator[Floats]:
    """The values of the RANKS in each of the cells `wanted`, NaN where there is none."""
    of = np.flatnonzero(wanted[cell])
    of = of[np.lexsort((value[of], cell[of]))]
    each = np.flatnonzero(wanted)
    end = np.searchsorted(cell[of], each, side="right")
    for rank in RANKS.values():
        there = end - np.searchsorted(cell[of], each) >= rank
        out = np.full(len(wanted), np.nan)
        out[each[there]] = value[of[end[there] - rank]]
        yield out


def _revised(rows: VintageRows, step: int) -> Iterator[tuple[Ints | Floats, ...]]:
    """The same of cells that became public bit by bit: a row for each vintage."""
    if not len(rows.value):
        return
    cell = _cells(rows)
    order = np.lexsort((rows.valid, rows.publish, cell))
    for one in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
        of = rows.at(one)
        late = _late(of)
        yield _punctual(of.at(~late), step)
        for at in np.unique(of.publish[late]):
            yield _punctual(of.at(_latest(of, of.publish <= at)), step)


def _late(of: VintageRows) -> Flags:
    """Rows of one cell, in order of publication, that correct another or come too late."""
    again = np.ones(len(of.valid), dtype=bool)
    again[np.unique(of.valid, return_index=True)[1]] = False
    return again | (of.publish > of.publish[0] + ON_TIME)


def _latest(of: VintageRows, seen: Flags) -> Indices:
    """Of the `seen` rows of one cell, the last published of each interval."""
    index = np.flatnonzero(seen)[::-1]
    return index[np.unique(of.valid[index], return_index=True)[1]]
