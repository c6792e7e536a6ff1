"""ERCOT's clocks: local texts with flags for the repeated hour -> UTC.

Central prevailing time. An hour is named by its end, 1 to 24; on the autumn change the second
01:00 has flag Y, or hours are counted to 25, or the same hour simply stands there twice.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd

from rtlmp.asof.view import HOUR
from rtlmp.catalog import MARKETS
from rtlmp.sources.base.vintages import Times

TZ: Final = MARKETS["ERCOT"].tz
ZONE: Final = ZoneInfo(TZ)
LAST_HOUR: Final = 24
DAY: Final = pd.Timedelta(days=1)
YES: Final = ("Y", "y", "true", "True", "TRUE", "1")
NO: Final = ("N", "n", "false", "False", "FALSE", "0", "")
FLAGS: Final = ("DSTFLAG", "REPEATEDHOURFLAG", "REPEATHOURFLAG")
IN_USE: Final = "INUSEFLAG"
DAYS: Final = ("DELIVERYDATE", "OPERDAY", "DATE")
HOURS: Final = ("HOURENDING", "DELIVERYHOUR")
RUN, QUARTER = "SCEDTIMESTAMP", "DELIVERYINTERVAL"
TIME_HEADERS: Final = frozenset({*FLAGS, *DAYS, *HOURS, RUN, QUARTER})
CLOCK: Final = r"( \d\d:\d\d:\d\d)?"
STAMP: Final = rf"\d\d?/\d\d?/\d{{4}}{CLOCK}|\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?(\.\d+)?)?"
HOUR_ENDING: Final = r"(0?[1-9]|1\d|2[0-5])(:00){0,2}"
SKIPPED: Final = "%s: %d rows of %s, an hour that the clock skips, left out: nothing happened then"
Marks: TypeAlias = "pd.Series[bool]"
log = logging.getLogger(__name__)


def valid_times(rows: pd.DataFrame, what: str, same: list[str]) -> Times:
    """UTC start of the interval of each row, NaT for an hour that the clock skips.

    `same` are the columns that, with the clock, tell rows apart: without a flag the second of
    two equal ones is the repeated hour.
    """
    if RUN in rows:
        return to_utc(_stamp(rows[RUN]), _again(rows, [RUN, *same]), what)
    day, hour = _first(rows, DAYS), _first(rows, HOURS)
    ending = rows[hour].str.partition(":")[0].astype(int)
    start = _stamp(rows[day]) + (ending - 1) * HOUR
    keys = [day, hour, *same]
    if QUARTER in rows:
        start += (rows[QUARTER].astype(int) - 1) * pd.Timedelta(minutes=15)
        keys.append(QUARTER)
    counted = rows[day].isin(rows.loc[ending > LAST_HOUR, day].unique())
    return _hours(start, rows[day], counted, _again(rows, keys), what)


def missing_times(heads: Iterable[str]) -> list[str]:
    """What `heads` lack to say when a row's interval begins."""
    needed = () if RUN in heads else (DAYS, HOURS)
    return ["/".join(names) for names in needed if not {*names} & {*heads}]


def time_checks() -> dict[str, Callable[["pd.Series[str]"], Marks]]:
    """By column of time, which of its texts are what the column says."""
    flags = dict.fromkeys((*FLAGS, IN_USE), lambda texts: texts.isin(YES + NO))
    stamps = dict.fromkeys((*DAYS, RUN), lambda texts: _stamp(texts).notna())
    hours = dict.fromkeys(HOURS, lambda texts: texts.str.fullmatch(HOUR_ENDING))
    return {**stamps, **hours, QUARTER: lambda texts: texts.str.fullmatch("0?[1-4]"), **flags}


def impossible_hours(rows: pd.DataFrame, hour: str) -> Marks:
    """Hours 25 of days that have 24."""
    midnight = _stamp(rows[_first(rows, DAYS)]).dt.normalize()
    today, next_day = ((midnight + k * DAY).dt.tz_localize(TZ) for k in (0, 1))
    return rows[hour].str.startswith("25") & (next_day - today <= DAY)


def to_utc(local: Times, again: Marks, what: str) -> Times:
    """Naive local times as UTC; `again` marks the second pass of the repeated hour.

    A mark on the hour after is taken for one on the hour itself: NP4-722 has it there.
    """
    if again.any():
        here, before = (shown_twice(at) for at in (local, local - HOUR))
        local = local.where(~(again & before & ~here), local - HOUR)
    zoned = local.dt.tz_localize(TZ, ambiguous=(~again).to_numpy(), nonexistent="NaT")
    if (lost := zoned.isna() & local.notna()).any():
        log.warning(SKIPPED, what, int(lost.sum()), local[lost].min())
    return zoned.dt.tz_convert("UTC").dt.as_unit("us")


def squeeze(name: str) -> str:
    """A header's letters and digits, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def shown_twice(local: Times, tz: str = TZ) -> Marks:
    """Whether a naive local time comes twice."""
    return local.dt.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward").isna()


def published(text: str, name: str) -> datetime:
    """UTC time of a posting. The printed offset can be wrong (gridstatus #468), the clock not.

    In the repeated hour the second pass has `xhr` in its name; without name or offset to tell,
    the later time is taken: a value may reach us late, never early.

    >>> published("2026-10-03T12:32:39-05:00", "DAMSPNP4190_csv").isoformat()
    '2026-10-03T17:32:39+00:00'
    """
    stamp = datetime.fromisoformat(text)
    local = stamp.replace(tzinfo=ZONE)
    first_pass = stamp.utcoffset() == local.utcoffset() and "xhr" not in name.lower()
    return (local if first_pass else local.replace(fold=1)).astimezone(UTC)


def published_in_order(texts: Sequence[str], names: Sequence[str]) -> list[datetime]:
    """UTC times of postings without offsets, oldest first.

    The second pass of the repeated hour begins where a name says so, else where the clock goes
    back; where it never does, all are taken for the second, as in `published`.
    """
    naive = [datetime.fromisoformat(text).replace(tzinfo=None) for text in texts]
    clock = [at.replace(tzinfo=ZONE) for at in naive]
    twice = [k for k, at in enumerate(clock) if at.utcoffset() != at.replace(fold=1).utcoffset()]
    named = {k for k in twice if "xhr" in names[k].lower()}
    back = [k for j, k in pairwise(twice) if naive[k] <= naive[j]]
    first = back[0] if back else 0
    second = named or {k for k in twice if k >= first}
    return [at.replace(fold=int(k in second)).astimezone(UTC) for k, at in enumerate(clock)]


def _hours(start: Times, day: "pd.Series[str]", counted: Marks, again: Marks, what: str) -> Times:
    """Clock hours by the clock, and those of days `counted` to 25 by what passed since midnight."""
    clock = to_utc(start.where(~counted), again & ~counted, what)
    midnight = _stamp(day)
    passed = midnight.dt.tz_localize(TZ).dt.tz_convert("UTC") + (start - midnight)
    return clock.where(~counted, passed).dt.as_unit("us")


def _again(rows: pd.DataFrame, keys: list[str]) -> Marks:
    for flag in FLAGS:
        if flag in rows:
            return rows[flag].isin(YES)
    return rows.duplicated(keys)


def _stamp(text: "pd.Series[str]") -> Times:
    """Naive times of 09/29/2026, 09/29/2026 11:25:17 or ISO text; NaT of any other."""
    plain = text.where(text.str.fullmatch(STAMP))
    found = pd.to_datetime(plain, format="ISO8601", errors="coerce")
    for form in ("%m/%d/%Y", "%m/%d/%Y %H:%M:%S"):
        if found.isna().any():
            found = found.fillna(pd.to_datetime(plain, format=form, errors="coerce"))
    return found


def _first(rows: pd.DataFrame, names: tuple[str, ...]) -> str:
    return next(name for name in names if name in rows)
