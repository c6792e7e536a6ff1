"""A table of words, as an analyst or gridstatus saved it, as observations; nothing is guessed."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias
from zoneinfo import available_timezones

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import BY_NAME, MINUTES, SeriesName
from rtlmp.io.files import BadFileError
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.vintages import Times, at_clock, observation_frame, stamped
from rtlmp.sources.ercot.times import LAST_HOUR, shown_twice, squeeze
from rtlmp.sources.files.folder import bad_rows

VALID, PUBLISH, PLACE = Observations.valid_time, Observations.publish_time, Observations.location
VALUE, HOUR, SECOND, MARKET = Observations.value, "hour", "second", "market"
KNOWN: Final = {  # roles of columns, and names that need no --columns, squeezed
    VALID: ("INTERVALSTART", "VALIDTIME", "TIMESTAMP", "DATETIME", "TIME", "DELIVERYDATE", "DATE"),
    HOUR: ("HOURENDING", "DELIVERYHOUR", "HE"),
    VALUE: ("LMP", "SPP", "SETTLEMENTPOINTPRICE", "PRICE", "VALUE"),
    PLACE: ("LOCATION", "SETTLEMENTPOINT", "SETTLEMENTPOINTNAME", "NODE"),
    PUBLISH: ("PUBLISHTIME",),
    SECOND: ("REPEATEDHOURFLAG", "DSTFLAG"),
    MARKET: ("MARKET",),
}
LABELS: Final = {"INTERVALSTART": "begin", "VALIDTIME": "begin", "HOURENDING": "end"}
MARKETS: Final = {  # of gridstatus
    "REAL_TIME_5_MIN": SeriesName.RT_LMP,
    "REAL_TIME_SCED": SeriesName.RT_LMP,
    "REAL_TIME_15_MIN": SeriesName.RT_SPP,
    "DAY_AHEAD_HOURLY": SeriesName.DAM_SPP,
}
OPTIONS: Final = {  # what a person may have to say
    "--series": "what the values are: rt_lmp, rt_spp, dam_spp, ... (docs/data.md)",
    "--location": "the place of all rows, where no column has it (--columns location=COLUMN) and "
    "none is of one place (--places)",
    "--zone": "the clock of times that do not say it, as America/Chicago; of an hour that it shows "
    "twice, also --columns second=COLUMN (Y: the second pass), or --second order",
    "--second": "order: of two rows of one local time, the later is the second pass",
    "--labels": "begin or end: what a time names of its interval",
    "--pattern": "how dates are written, as %m/%d/%Y %H:%M",
    "--published": "when the public could first read a value: 20min (after its interval), 13:30 "
    "(local, of the day before), or --columns publish_time=COLUMN",
}
RULE: Final = r"\d+ ?min|\d\d:\d\d"
ZONED: Final = r"\d:\d\d.*(?:[zZ]|UTC|[+-]\d\d:?\d\d)$"
MIDNIGHT: Final = r"^[^:]*(?:[T ]00:00(?::00)?)?$"
YES: Final = ("Y", "YES", "TRUE", "1")
NO_TIME: Final = pd.Series(["0:00Z"])
Said: TypeAlias = Mapping[str, str]  # by option; empty: nothing
Words: TypeAlias = "pd.Series[str]"


def table_observations(
    path: Path, table: pd.DataFrame, said: Said, named: Mapping[str, str]
) -> DataFrame[Observations]:
    """Observations in a table; `named` are columns by role.

    Raises BadFileError with everything that is still to be said, or with rows that are wrong.
    """
    there = {squeeze(name): name for name in reversed([*table])}
    known = {r: there[n] for r, names in KNOWN.items() for n in reversed(names) if n in there}
    columns = known | dict(named)
    if not table.get(columns.get(VALID), NO_TIME).str.contains(MIDNIGHT).all():
        columns.pop(HOUR, None)  # the clock is there
    markets = {str(name).split(".")[-1] for name in table.get(columns.get(MARKET), ())}
    told = MARKETS.get(markets.pop()) if len(markets) == 1 else None
    q = BY_NAME.get(said["--series"]) or told
    if (asked := [*_asked(table, columns, said, q)]) or q is None:
        first, lines = table.head(1).to_dict("records"), "\n  ".join(asked)
        raise BadFileError(f"{path}: columns {[*table]}, first row {first}. Say:\n  {lines}")
    value = pd.to_numeric(table[columns[VALUE]], errors="coerce")
    _refuse(path, table[columns[VALUE]], value.isna(), "not a number: leave such rows out")
    place = table[columns[PLACE]].str.strip() if PLACE in columns else said["--location"]
    valid = _starts(path, table.assign(**{PLACE: place}), columns, said, q)
    if PUBLISH in columns:
        publish = _instants(path, table[columns[PUBLISH]], said)
    else:
        publish = public(valid, said["--published"], said["--zone"], q)
    rows = observation_frame(q, "", valid, publish, value)
    return stamped(rows.assign(**{PLACE: place}))


def public(valid: Times, rule: str, zone: str, q: SeriesName) -> Times:
    """Times of publication by a rule: minutes after the interval, or a clock of the day before."""
    if ":" in rule:
        return at_clock(valid, zone, -1, rule)
    return valid + pd.Timedelta(minutes=MINUTES[q.step] + int(rule.removesuffix("min")))


def _asked(
    table: pd.DataFrame, columns: Mapping[str, str], said: Said, q: SeriesName | None
) -> Iterator[str]:
    """What is missing."""
    yield from (f"--columns {c}: is none of {[*KNOWN]}" for c in {*columns} - {*KNOWN})
    yield from (f"--columns: no {name!r}" for name in {*columns.values()} - {*table})
    yield from (f"--columns {role}=COLUMN" for role in (VALID, VALUE) if role not in columns)
    if "DELIVERYINTERVAL" in {squeeze(str(name)) for name in table}:
        yield "--report: ERCOT's name of it, as np6-905-cd; and --published alone, if that is asked"
    time = table.get(columns.get(VALID), NO_TIME)
    naive, dated = not time.str.contains(ZONED).all(), time.str.match(r"\d{4}-\d\d-\d\d").all()
    if naive and HOUR not in columns and time.str.contains(MIDNIGHT).all():
        yield f"--columns {HOUR}=COLUMN: {columns[VALID]} has no clock"
    rule = said["--published"]
    missing = {
        "--series": q is None,
        "--location": not said["--location"] and PLACE not in columns,
        "--zone": (naive or ":" in rule) and said["--zone"] not in available_timezones(),
        "--labels": VALID in columns and not _labels(columns, said),
        "--pattern": naive and not dated and not said["--pattern"],
        "--published": PUBLISH not in columns and not re.fullmatch(RULE, rule),
    }  # fmt: skip
    yield from (f"{option}: {OPTIONS[option]}" for option, lost in missing.items() if lost)


def _labels(columns: Mapping[str, str], said: Said) -> str:
    """What times name: as said, else as the column's own name says."""
    return said["--labels"] or LABELS.get(squeeze(columns.get(HOUR, columns[VALID])), "")


def _starts(
    path: Path, table: pd.DataFrame, columns: Mapping[str, str], said: Said, q: SeriesName
) -> Times:
    """UTC beginnings of the intervals."""
    time = table[columns[VALID]]
    ends = _labels(columns, said) == "end"
    back = pd.Timedelta(minutes=MINUTES[q.step] * ends)
    if time.str.contains(ZONED).all():
        return _instants(path, time, said) - back
    local = _local(path, time, said) - back
    if HOUR in columns:
        named = table[columns[HOUR]].str.partition(":")[0].rename(columns[HOUR])
        hours = pd.to_numeric(named, errors="coerce")
        _refuse(path, named, ~hours.between(ends, LAST_HOUR - (not ends)), "no hour of a day")
        local += pd.to_timedelta(hours, "h")
    shown, zone = local.rename(columns[VALID]), said["--zone"]
    twins = table[[PLACE]].assign(local=local)
    again, sure = twins.duplicated(), twins.duplicated(keep=False) & (said["--second"] == "order")
    if SECOND in columns:
        again, sure = table[columns[SECOND]].str.upper().isin(YES), sure | True
    twice = shown_twice(local, zone)
    why = "the clock shows this hour twice: say --columns second=COLUMN, or, if both passes are "
    why += "there, --second order, or write times with their offset"
    _refuse(path, shown, twice & ~sure, why)
    zoned = local.dt.tz_localize(zone, ambiguous=(~again).to_numpy(), nonexistent="NaT")
    _refuse(path, shown, zoned.isna(), f"{zone} skips this time: see --labels")
    return zoned.dt.tz_convert("UTC")


def _instants(path: Path, time: Words, said: Said) -> Times:
    """UTC; of a local hour that comes twice the later: a value may reach us late, never early."""
    if time.str.contains(ZONED).all():
        made = pd.to_datetime(time, utc=True, format="ISO8601", errors="coerce")
        _refuse(path, time, made.isna(), "not a time")
        return made
    local, first = _local(path, time, said).dt, np.zeros(len(time), dtype=bool)
    zoned = local.tz_localize(said["--zone"], ambiguous=first, nonexistent="shift_forward")
    return zoned.dt.tz_convert("UTC")


def _local(path: Path, time: Words, said: Said) -> Times:
    """Local times as they are written; 24:00 is the next midnight."""
    text = time.str.replace(r"\b24:00", "00:00", regex=True)
    made = pd.to_datetime(text, format=said["--pattern"] or "ISO8601", errors="coerce")
    _refuse(path, time, made.isna(), f"not a time as {said['--pattern'] or '2024-08-20 15:00'}")
    return made + pd.to_timedelta((text != time).astype(int), "D")


def _refuse(path: Path, words: "pd.Series[Any]", bad: "pd.Series[bool]", why: str) -> None:
    """Raises BadFileError where rows are `bad`."""
    if bad.any():
        of = words[bad]
        raise bad_rows(path, [str(of.name)], bad, why, of.index[0], [*map(str, of[:4])])
