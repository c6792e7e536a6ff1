"""What observations may not say: impossible times, marks for "no value", two spellings, steps."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rtlmp.asof.vintages import US_PER_HOUR, Flags, SeriesRows, VintageRows
from rtlmp.catalog import ACTUALS, MINUTES, SeriesName
from rtlmp.io.files import BadFileError
from rtlmp.schemas.columns import LOCATION, PUBLISHED, VALID, VALUE
from rtlmp.sources.files.pieces import Piece

MINUTE: Final = US_PER_HOUR // 60
DAY: Final = 24 * US_PER_HOUR
LATEST, AHEAD = 300 * DAY, 400 * DAY  # publication after an interval's start, and before it
EARLY: Final = 5 * MINUTE  # so long before its interval ends may an actual be public
NINES: Final = (999.0, 9999.0, 99999.0, 999999.0)  # that stand for "no value"
GREATEST: Final = 1e6  # in any unit
# Highest cap of any market from that date, USD/MWh; congestion can double it
PRICE_CAPS: Final = {
    "1990-01-01": 7_000.0,  # ERCOT's highest before June 2015: PUCT project 40268, 2012-10-25
    "2015-06-01": 9_000.0,  # ERCOT, the same order
    "2022-01-01": 5_000.0,  # ERCOT, notice M-A120721-01
    "2025-09-30": 10_000.0,  # MISO, its value of lost load since then
}
MIN_GAPS: Final = 11  # from one value to the next: fewer do not tell a step
Spellings: TypeAlias = dict[tuple[SeriesName, str], tuple[str, str]]  # place and file seen first


class Checked(NamedTuple):
    """Rows of a piece, on their way to be checked."""

    piece: Piece
    table: pa.Table
    rows: VintageRows
    places: Sequence[str]
    series: npt.NDArray[np.intp]  # of each row, index into `names`
    names: Sequence[SeriesName]

    def are(self, those: Iterable[bool]) -> Flags:
        """What is so of each row's series, from what is so of `names`."""
        return np.fromiter(those, dtype=bool)[self.series]


def refuse_impossible(of: Checked, now: float, seen: Spellings) -> None:
    """Raises BadFileError at a time, a value or a spelling that cannot be; `now` in us."""
    _refuse_times(of, now)
    _refuse_values(of)
    _refuse_spellings(of, seen)


def _refuse_times(of: Checked, now: float) -> None:
    """Where a row cannot have been public when it says."""
    lags = [MINUTES[q.step] * MINUTE - EARLY if q in ACTUALS else -AHEAD for q in of.names]
    lag, columns = of.rows.publish - of.rows.valid, [VALID, PUBLISHED]
    early = lag < np.array(lags, dtype=np.int64)[of.series]
    why = "published before its interval began or long before it ended: an actual is known after it"
    of.piece.refuse(of.table, columns, early, why)
    late = f"published more than {LATEST // DAY} days after its interval: when was it first public?"
    of.piece.refuse(of.table, columns, lag > LATEST, late)
    of.piece.refuse(of.table, columns, of.rows.publish > now, "published in the future")


def _refuse_values(of: Checked) -> None:
    """At marks for a missing value and prices beyond any cap of their time."""
    value, size = of.rows.value, np.abs(of.rows.value)
    money, price = (of.are(q.unit.startswith(u) for q in of.names) for u in ("USD", "USD/MWh"))
    negative = of.are(q is not SeriesName.GENERATION for q in of.names) & (value < 0)
    mark = np.isin(size, NINES) & (negative | (money & (size > NINES[0])))
    dates = np.array([*PRICE_CAPS], dtype="datetime64[us]").astype(np.int64)
    caps = np.array([*PRICE_CAPS.values()])[np.searchsorted(dates[1:], of.rows.valid, side="right")]
    bad = mark | (size > GREATEST) | (price & (size > 2 * caps))
    why = "a mark for no value, or beyond any price cap of its time: leave such rows out"
    of.piece.refuse(of.table, [VALUE], bad, why)


def _refuse_spellings(of: Checked, seen: Spellings) -> None:
    """Where a place of a series is spelt otherwise than before."""
    there = np.zeros((len(of.names), len(of.places)), dtype=bool)
    there[of.series, of.rows.column] = True
    for code, place in zip(*np.nonzero(there), strict=True):
        q, name = of.names[code], of.places[place]
        first, file = seen.setdefault((q, same_place(name)), (name, str(of.piece.path)))
        if first != name:
            bad = (of.series == code) & (of.rows.column == place)
            of.piece.refuse(of.table, [LOCATION], bad, f"{file} spells it {first!r}: use one name")


def same_place(name: str) -> str:
    """What spellings of a place share: letters and digits, not their case nor what parts them.

    >>> same_place("hb north") == same_place("HB_North")
    True
    """
    return re.sub(r"[\W_]+", "_", name.casefold())


def refuse_step(q: SeriesName, part: SeriesRows, files: Sequence[str]) -> None:
    """Raises BadFileError where a location has values at another step than its series."""
    if q not in ACTUALS and q.unit != "USD/MWh":
        return  # of a forecast, vintages overlap
    rows, places = part
    order = np.argsort(rows.column, kind="stable")
    for of in np.split(order, np.flatnonzero(np.diff(rows.column[order])) + 1):
        gaps = np.diff(np.unique(rows.valid[of])) / MINUTE
        gap = float(np.median(gaps)) if len(gaps) >= MIN_GAPS else MINUTES[q.step]
        if not MINUTES[q.step] / 2 < gap <= 2 * MINUTES[q.step]:
            example = str(np.datetime64(int(rows.valid[of[0]]), "us"))
            raise BadFileError(
                f"{', '.join(files)}: column {VALID}: {q} at {places[rows.column[of[0]]]} has a "
                f"value every {gap:g} min (median of {len(gaps)} gaps from {example}), its step is "
                f"{MINUTES[q.step]} min: file it as a series of its own step"
            )
