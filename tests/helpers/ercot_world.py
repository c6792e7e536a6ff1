"""What the replaying server's ERCOT posts: files of the real shape, values made from their keys."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from rtlmp.sources.ercot.reports import REPORTS

CENTRAL = ZoneInfo("America/Chicago")
HOUR, DAY, SCED = timedelta(hours=1), timedelta(days=1), timedelta(minutes=5)
BY_EMIL = {report.emil: report for report in REPORTS}
POINTS = ("HB_NORTH", "HB_WEST", "LZ_WEST")
AS = ("REGUP", "REGDN", "RRS", "NSPIN", "ECRS")
WIND = ("PANHANDLE", "COASTAL", "SOUTH", "WEST", "NORTH")
SUN = ("CenterWest", "NorthWest", "FarWest", "FarEast", "SouthEast", "CenterEast")
LOAD_ZONES = ("LZ_SOUTH_HOUSTON", "LZ_WEST", "LZ_NORTH")
ZONES = ("Coast", "East", "FarWest", "North", "NorthCentral", "SouthCentral", "Southern", "West")
METERED = ("COAST", "EAST", "FAR_WEST", "NORTH", "NORTH_C", "SOUTHERN", "SOUTH_C", "WEST", "TOTAL")
OUTAGES = [
    f"Total{kind}MWZone{area}"
    for kind in ("Resource", "IRR", "NewEquipResource")
    for area in ("South", "North", "West", "Houston")
]
DAILY = {
    "np4-190-cd": "12:35",
    "np4-188-cd": "12:33",
    "np6-345-cd": "05:50",
    "np4-722-cd": "05:00",
    "np3-911-er": "03:16",
}
HOURLY_REPORT = 24
Text = Callable[[datetime], str]
Hours = Callable[[datetime], Iterable[datetime]]


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


def hour_text(start: datetime, width: int = 2) -> tuple[str, str, str]:
    """Date, hour ending and flag of the hour from `start`."""
    local = start.astimezone(CENTRAL)
    return f"{local:%m/%d/%Y}", f"{local.hour + 1:0{width}d}:00", "NY"[local.fold]


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


def runs(emil: str, heads: Sequence[str], at: datetime) -> str:
    """One row of a SCED run."""
    run = at - timedelta(seconds=8)
    return _csv(["SCEDTimestamp", "RepeatedHourFlag", *heads], [_run(at, heads, emil, run)])


def prices(at: datetime) -> str:
    """LMP of a SCED run, a row a point."""
    run = at - timedelta(seconds=8)
    rows = [[*_stamp(run), p, f" {number('np6-788-cd', p, run)}"] for p in POINTS]
    return _csv(["SCEDTimestamp", "RepeatedHourFlag", "SettlementPoint", "LMP"], rows)


def settlement(at: datetime) -> str:
    """15-minute prices; a zone comes twice, under two types."""
    kinds = [(p, "HU" if p[:2] == "HB" else "LZ") for p in POINTS] + [("LZ_WEST", "LZEW")]
    key, flag, start = _quarter(at)
    rows = [[*key, p, kind, number("np6-905-cd", p, kind, start), flag] for p, kind in kinds]
    heads = ["SettlementPointName", "SettlementPointType", "SettlementPointPrice", "DSTFlag"]
    return _csv(["DeliveryDate", "DeliveryHour", "DeliveryInterval", *heads], rows)


def capacity(at: datetime) -> str:
    """Real-time reserve prices, a row a service."""
    key, flag, start = _quarter(at)
    rows = [[*key, flag, kind, number("np6-331-cd", kind, start)] for kind in AS]
    heads = ["RepeatedHourFlag", "ASType", "MCPC"]
    return _csv(["DeliveryDate", "DeliveryHour", "DeliveryInterval", *heads], rows)


def day_ahead(emil: str, heads: Sequence[str], kinds: Sequence[str], at: datetime) -> str:
    """Tomorrow's prices, a row an hour and kind."""
    rows = [
        [day, ending, kind, f" {number(emil, kind, hour)}", flag]
        for hour in local_day(at, 1)
        for day, ending, flag in [hour_text(hour)]
        for kind in kinds
    ]
    return _csv(["DeliveryDate", "HourEnding", *heads, "DSTFlag"], rows)


def models(at: datetime) -> str:
    """Load forecasts of two models, one in use."""
    names = (*ZONES, "SystemTotal")
    rows = [
        [day, ending, *(number(n, hour, at, m) for n in names), m, "NY"[m == "E1"], flag]
        for hour in week(at)
        for day, ending, flag in [hour_text(hour, 1)]
        for m in ("E", "E1")
    ]
    heads = ["DeliveryDate", "HourEnding", *names, "Model", "InUseFlag", "DSTFlag"]
    return _csv(heads, rows)


def renewable(emil: str, code: str, places: Sequence[str], at: datetime) -> str:
    """What came of past hours, and forecasts and limits of all."""
    names = ["SYSTEM_WIDE", *places]
    ahead = [f"{kind}_{p}" for p in names for kind in ("COP_HSL", code)]
    rows = []
    for hour in week(at, first=-3):
        day, ending, flag = hour_text(hour)
        gen = [number(emil, p, hour) if hour + HOUR <= at else "" for p in names]
        rest = [number(emil, n, hour, at) for n in ahead]
        rows.append([day, int(ending[:2]), *gen, *rest, flag])
    gen_heads = ["SYSTEM_WIDE_GEN", *(f"GEN_{p}" for p in places)]
    return _csv(["DELIVERY_DATE", "HOUR_ENDING", *gen_heads, *ahead, "DSTFlag"], rows)


def wide(day_head: str, heads: Sequence[str], flagged: bool, hours: Hours, at: datetime) -> str:
    """A row an hour, a column a place."""
    rows = [
        [day, ending, *(number(n, hour, at) for n in heads), *([flag] if flagged else [])]
        for hour in hours(at)
        for day, ending, flag in [hour_text(hour)]
    ]
    return _csv([day_head, "HourEnding", *heads, *(["DSTFlag"] if flagged else [])], rows)


def cleared(at: datetime) -> str:
    """Hours counted from 1, to 25 on the autumn change."""
    day = local_day(at, -2)
    date = f"{day[0].astimezone(CENTRAL):%m/%d/%Y}"
    rows = [[date, k, number("np3-911-er", hour)] for k, hour in enumerate(day, 1)]
    return _csv(["Delivery Date", "Hour Ending", "Total Cleared AS - RegUp"], rows)


TEXTS: dict[str, Text] = {
    "np6-788-cd": prices,
    "np6-905-cd": settlement,
    "np6-331-cd": capacity,
    "np6-322-cd": partial(runs, "np6-322-cd", ["CappedSystemLambda"]),
    "np6-323-cd": partial(runs, "np6-323-cd", ["RTRDPA"]),
    "np6-328-cd": partial(runs, "np6-328-cd", [f"Cap{n}Total" for n in AS]),
    "np4-190-cd": partial(
        day_ahead, "np4-190-cd", ["SettlementPoint", "SettlementPointPrice"], POINTS
    ),
    "np4-188-cd": partial(day_ahead, "np4-188-cd", ["AncillaryType", "MCPC"], AS),
    "np3-565-cd": models,
    "np4-732-cd": partial(renewable, "np4-732-cd", "STWPF", LOAD_ZONES),
    "np4-742-cd": partial(renewable, "np4-742-cd", "STWPF", WIND),
    "np4-737-cd": partial(renewable, "np4-737-cd", "STPPF", ()),
    "np4-745-cd": partial(renewable, "np4-745-cd", "STPPF", SUN),
    "np6-345-cd": partial(wide, "OperDay", METERED, True, partial(local_day, ahead=-1)),
    "np4-722-cd": partial(wide, "DeliveryDate", ZONES, True, week),
    "np3-233-cd": partial(wide, "DeliveryDate", OUTAGES, False, week),
    "np3-763-cd": partial(
        wide, "DeliveryDate", ["AvailCapGen", "AvailCapReserve", "CapGenResTotal"], True, week
    ),
    "np3-911-er": cleared,
}


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join([",".join(heads), *(",".join(map(str, row)) for row in rows)])


def _stamp(run: datetime) -> tuple[str, str]:
    local = run.astimezone(CENTRAL)
    return f"{local:%m/%d/%Y %H:%M:%S}", "NY"[local.fold]


def _run(at: datetime, heads: Sequence[str], emil: str, run: datetime) -> list[object]:
    return [*_stamp(run), *(number(emil, head, at) for head in heads)]


def _quarter(at: datetime) -> tuple[tuple[str, int, int], str, datetime]:
    start = at.replace(minute=at.minute // 15 * 15, second=0) - 3 * SCED
    day, ending, flag = hour_text(start)
    return (day, int(ending[:2]), start.minute // 15 + 1), flag, start


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
