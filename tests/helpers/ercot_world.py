"""What the replaying server's ERCOT posts: ERCOT's own columns, values made from their keys."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from rtlmp.sources.ercot.reports import REPORTS
from tests.helpers.ercot_headers import stored_headers

CENTRAL = ZoneInfo("America/Chicago")
HOUR, DAY, SCED = timedelta(hours=1), timedelta(days=1), timedelta(minutes=5)
BY_EMIL = {report.emil: report for report in REPORTS}
POINTS = ("HB_NORTH", "HB_WEST", "LZ_WEST")
AS = ("REGUP", "REGDN", "RRS", "NSPIN", "ECRS")
HEADERS = stored_headers()
DAILY = {
    "np4-190-cd": "12:35",
    "np4-188-cd": "12:33",
    "np6-345-cd": "05:50",
    "np4-722-cd": "05:00",
    "np3-911-er": "03:16",
}
HOURLY_REPORT = 24
Row = dict[str, object]


def number(*key: object) -> float:
    """A price or a power that follows from `key`, now and then a spike."""
    draw = zlib.crc32(repr(key).encode()) % 10_000
    return round(20 + draw / 100 + (900 if draw % 37 == 0 else 0), 2)


def postings(emil: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """Second of each posting in [start, end)."""
    for at in _daily(emil, start) if emil in DAILY else _periodic(emil, start):
        if at >= end:
            return
        if at >= start:
            yield at


def clock(start: datetime, width: int = 2) -> Row:
    """Under every name that a report has for it: day, hour ending, quarter and flag of `start`."""
    local = start.astimezone(CENTRAL)
    hour, flag = local.hour + 1, "NY"[local.fold]
    days = ("DeliveryDate", "DELIVERY_DATE", "OperDay", "Date", "Delivery Date")
    return {
        **dict.fromkeys(days, f"{local:%m/%d/%Y}"),
        **dict.fromkeys(("DeliveryHour", "HOUR_ENDING"), hour),
        **dict.fromkeys(("DSTFlag", "RepeatedHourFlag"), flag),
        **dict.fromkeys(("SCEDTimestamp", "SCEDTimeStamp"), f"{local:%m/%d/%Y %H:%M:%S}"),
        "HourEnding": f"{hour:0{width}d}:00",
        "DeliveryInterval": local.minute // 15 + 1,
    }


def local_day(at: datetime, ahead: int) -> list[datetime]:
    """Hours of the local day `ahead` days after that of `at`."""
    day = at.astimezone(CENTRAL).date()
    first, last = (
        datetime.combine(day + k * DAY, datetime.min.time(), CENTRAL).astimezone(UTC)
        for k in (ahead, ahead + 1)
    )
    return [first + k * HOUR for k in range((last - first) // HOUR)]


def week(at: datetime, first: int = 1) -> list[datetime]:
    """Hours ahead: enough for the horizon."""
    hour = at.replace(minute=0, second=0)
    return [hour + k * HOUR for k in range(first, 100)]


def text(emil: str, rows: Iterable[tuple[Row, tuple[object, ...]]]) -> str:
    """A file under ERCOT's own header; a number of its key where a row gives no other."""
    heads = HEADERS[emil]
    made = [[str(of.get(h, number(h, *key))) for h in heads] for of, key in rows]
    return "\n".join(",".join(row) for row in (heads, *made))


def runs(emil: str, at: datetime) -> str:
    """One row of a SCED run."""
    run = at - timedelta(seconds=8)
    return text(emil, [(clock(run), (run,))])


def constraint(emil: str, at: datetime) -> str:
    """One that binds in a SCED run."""
    run = at - timedelta(seconds=8)
    named = {"ConstraintName": "6437__F", "ContingencyName": "BASE CASE"}
    return text(emil, [({**clock(run), **named}, (run,))])


def prices(emil: str, at: datetime) -> str:
    """LMP of a SCED run, a row a point."""
    run = at - timedelta(seconds=8)
    of = [(p, f" {number(emil, p, run)}") for p in POINTS]
    return text(emil, [({**clock(run), "SettlementPoint": p, "LMP": v}, ()) for p, v in of])


def settlement(emil: str, at: datetime) -> str:
    """15-minute prices; a zone comes twice, under two types."""
    kinds = [(p, "HU" if p[:2] == "HB" else "LZ") for p in POINTS] + [("LZ_WEST", "LZEW")]
    start, heads = _quarter(at), ("SettlementPointName", "SettlementPointType")
    return text(emil, [({**clock(start), **dict(zip(heads, of, strict=True))}, (*of, start))
                       for of in kinds])  # fmt: skip


def capacity(emil: str, at: datetime) -> str:
    """Real-time reserve prices, a row a service."""
    start = _quarter(at)
    return text(emil, [({**clock(start), "ASType": kind}, (kind, start)) for kind in AS])


def day_ahead(head: str, kinds: Sequence[str], emil: str, at: datetime) -> str:
    """Tomorrow's prices, a row an hour and kind."""
    hours = local_day(at, 1)
    return text(emil, [({**clock(h), head: kind}, (kind, h)) for h in hours for kind in kinds])


def models(emil: str, at: datetime) -> str:
    """Load forecasts of two models, one in use."""
    kinds = [{"Model": m, "InUseFlag": flag} for m, flag in (("E", "N"), ("E1", "Y"))]
    return text(emil, [({**clock(h, 1), **of}, (h, at, of["Model"])) for h in week(at)
                       for of in kinds])  # fmt: skip


def renewable(emil: str, at: datetime) -> str:
    """What came of past hours, and forecasts and limits of all."""
    actual = [h for h in HEADERS[emil] if "ACTUAL" in h or "GEN" in h or h == "SYSTEM_WIDE_HSL"]
    hours = week(at, first=-3)
    rows = [{**clock(h), **{a: number(a, h) if h + HOUR <= at else "" for a in actual}}
            for h in hours]  # fmt: skip
    return text(emil, [(row, (h, at)) for row, h in zip(rows, hours, strict=True)])


def wide(hours: Callable[[datetime], Iterable[datetime]], emil: str, at: datetime) -> str:
    """A row an hour, a column a place."""
    return text(emil, [(clock(hour), (hour, at)) for hour in hours(at)])


def cleared(emil: str, at: datetime) -> str:
    """Hours counted from 1, to 25 on the autumn change."""
    day = local_day(at, -2)
    counted = [{**clock(day[0]), "Hour Ending": k} for k in range(1, 1 + len(day))]
    return text(emil, [(row, (hour,)) for row, hour in zip(counted, day, strict=True)])


MAKERS: dict[str, Callable[[str, datetime], str]] = {
    **dict.fromkeys(("np6-322-cd", "np6-323-cd", "np6-328-cd"), runs),
    **dict.fromkeys(("np4-732-cd", "np4-742-cd", "np4-737-cd", "np4-745-cd"), renewable),
    **dict.fromkeys(("np4-722-cd", "np3-233-cd", "np3-763-cd"), partial(wide, week)),
    "np6-788-cd": prices,
    "np6-905-cd": settlement,
    "np6-331-cd": capacity,
    "np6-86-cd": constraint,
    "np4-190-cd": partial(day_ahead, "SettlementPoint", POINTS),
    "np4-188-cd": partial(day_ahead, "AncillaryType", AS),
    "np3-565-cd": models,
    "np6-345-cd": partial(wide, partial(local_day, ahead=-1)),
    "np3-911-er": cleared,
}
TEXTS = {emil: partial(make, emil) for emil, make in MAKERS.items()}


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0) - 3 * SCED


def _daily(emil: str, start: datetime) -> Iterator[datetime]:
    hour, minute = map(int, DAILY[emil].split(":"))
    first = (start - DAY).astimezone(CENTRAL).date()
    for k in range(4000):
        day = first + k * DAY
        yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=CENTRAL).astimezone(UTC)


def _periodic(emil: str, start: datetime) -> Iterator[datetime]:
    per_day = BY_EMIL[emil].per_day
    late = timedelta(seconds=20) if per_day > HOURLY_REPORT else timedelta(minutes=55, seconds=12)
    first = datetime.combine(start.date(), datetime.min.time(), UTC) + late
    return (first + k * (DAY / per_day) for k in range(400_000))
