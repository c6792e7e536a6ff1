"""ERCOT's yearly workbooks as it makes them, with the values of the postings of `ercot_world`.

As of the real ones (13060 recorded, 13061 and the load archive as people who read them say): a
sheet a month, only a header for months to come, texts and numbers as cells, no hour 03 in spring, a
flag on the repeated hour, a footer without hour in the real-time one, ` DST` in that of load.
Prices are posted on Sundays, up to the day before; load on the fifth, for months that are over.
"""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import openpyxl

from tests.helpers import ercot_world as world
from tests.helpers.ercot_world import CENTRAL, DAY, HOUR, clock, number

Row = list[Any]
PRICE = "SettlementPointPrice"  # as the postings name it
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LOAD_ZONES = ("COAST", "EAST", "FWEST", "NORTH", "NCENT", "SOUTH", "SCENT", "WEST", "ERCOT")
PRICES = [
    "Delivery Date", "Delivery Hour", "Delivery Interval", "Repeated Hour Flag",
    "Settlement Point Name", "Settlement Point Type", "Settlement Point Price",
]  # fmt: skip
AHEAD = ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point",
         "Settlement Point Price"]  # fmt: skip


def hour_text(start: datetime) -> tuple[str, str, str]:
    """Date, hour ending and flag of the hour from `start`."""
    row = clock(start)
    return str(row["DeliveryDate"]), str(row["HourEnding"]), str(row["DSTFlag"])


class Kind(NamedTuple):
    file: str
    heads: list[str]
    rows: Callable[[datetime], Iterator[Row]]  # of an hour
    footer: bool = False


def prices(hour: datetime) -> Iterator[Row]:
    day, ending, flag = hour_text(hour)
    kinds = [(p, "HU" if p[:2] == "HB" else "LZ") for p in world.POINTS]
    kinds += [(p, "LZEW") for p in world.POINTS if p[:2] == "LZ"]
    for quarter in range(4):
        start = hour + quarter * timedelta(minutes=15)
        for p, kind in kinds:
            value = number(PRICE, p, kind, start)
            yield [day, int(ending[:2]), quarter + 1, flag, p, kind, value]


def day_ahead(hour: datetime) -> Iterator[Row]:
    day, ending, flag = hour_text(hour)
    yield from ([day, ending, flag, p, number(PRICE, p, hour)] for p in world.POINTS)


def load(hour: datetime) -> Iterator[Row]:
    day, ending, flag = hour_text(hour)
    text = f"{day} {ending}{' DST' if flag == 'Y' else ''}"
    yield [text, *(1000 * number(zone, hour) for zone in LOAD_ZONES)]


KINDS = {
    "13061": Kind("RTMLZHBSPP", PRICES, prices, footer=True),
    "13060": Kind("DAMLZHBSPP", AHEAD, day_ahead),
    "load": Kind("Native_Load", ["Hour Ending", *LOAD_ZONES], load),
}


def posted(now: datetime, year: int) -> datetime:
    """When the newest version of a year's prices was."""
    sunday = now.astimezone(CENTRAL).replace(hour=8, minute=7, second=32, microsecond=0)
    sunday -= timedelta(days=(sunday.weekday() + 1) % 7)
    if sunday > now:
        sunday -= 7 * DAY
    final = datetime(year + 1, 1, 1, 8, 18, 29, tzinfo=CENTRAL)
    return min(sunday, final).astimezone(UTC)


def until(name: str, now: datetime, year: int) -> datetime:
    """Midnight before which its hours begin: day-ahead prices are a day further."""
    local = posted(now, year).astimezone(CENTRAL)
    if name == "load":
        local = now.astimezone(CENTRAL)
        local = (local if local.day >= 5 else local - 7 * DAY).replace(day=1)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(midnight, datetime(year + 1, 1, 1, tzinfo=CENTRAL)).astimezone(UTC)


@cache
def workbook(name: str, year: int, since: datetime, until: datetime) -> bytes:
    """A zip with the workbook of a year from `since` on."""
    kind, book = KINDS[name], openpyxl.Workbook(write_only=True)
    first = max(since, datetime(year, 1, 1, tzinfo=CENTRAL).astimezone(UTC))
    sheets = {m: book.create_sheet(m) for m in (MONTHS if name != "load" else MONTHS[:1])}
    for sheet in sheets.values():
        sheet.append(kind.heads)
    month = MONTHS[0]
    for k in range(max(0, (until - first) // HOUR)):
        hour = first + k * HOUR
        month = MONTHS[hour.astimezone(CENTRAL).month - 1] if name != "load" else MONTHS[0]
        for row in kind.rows(hour):
            sheets[month].append(row)
    if kind.footer:
        sheets[month].append([hour_text(until)[0], *[None] * (len(kind.heads) - 1)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
