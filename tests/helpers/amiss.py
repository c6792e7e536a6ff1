"""Days on which something is amiss at the replaying server, by a clock of its own."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Final, NamedTuple
from unittest.mock import patch

from rtlmp.clock import instant
from tests.helpers import replay
from tests.helpers.ercot_world import DAY, TEXTS, postings

TZ: Final = "America/Chicago"
SCED, LOADS = "np6-788-cd", "np3-565-cd"
SECOND: Final = 20  # of the minute in which the world posts a SCED run


class Amiss(NamedTuple):
    """What the server does of one report, to postings of [since, until); until `healed`."""

    what: str
    report: str = ""
    since: str = "00:00"
    until: str = "12:00"
    listed: bool = True
    text: Callable[[str], str] | None = None
    body: Callable[[bytes], bytes] | None = None
    path: str = ""  # answers 500
    heals: bool = True  # at noon
    again: bool = False  # postings come again, half a minute later


def renamed(text: str) -> str:
    return text.replace("SystemTotal", "SystemsTotal", 1)


def no_number(text: str) -> str:
    head, first, *rest = text.split("\n")
    return "\n".join([head, first.rpartition(",")[0] + ",N/A", *rest])


def higher(text: str) -> str:
    """Prices as corrected: ten times."""
    head, *rows = text.split("\n")
    return "\n".join([head, *(f"{r.rpartition(',')[0]},{float(r.rpartition(',')[2]) * 10}"
                              for r in rows)])  # fmt: skip


CALM: Final = Amiss("")
FAULTS: Final = (
    Amiss("late: no load forecast posted 04:00-12:00", LOADS, "04:00", listed=False,
          heals=False),
    Amiss("broken: a zip cut short", SCED, "08:00", "08:10", body=lambda b: b[:100]),
    Amiss("renamed: a column, for good", LOADS, "06:00", "12:00", text=renamed, heals=False),
    Amiss("corrected: prices posted again", SCED, "07:00", "08:00", text=higher, again=True,
          heals=False),
    Amiss("500: the listing of the load", path="reportTypeId=13101"),
    Amiss("500: the whole site", path="/mis"),
    Amiss("500: every price", path="doclookupId=12300"),
    Amiss("silent: a day of prices, for good", SCED, "00:00", "23:59", listed=False,
          heals=False),
    Amiss("500: the weather", path="/v1/forecast"),
    Amiss("500: every load forecast", path="doclookupId=14837"),
    Amiss("listed late: load forecasts of 05:00-12:00", LOADS, "05:00", listed=False),
    Amiss("missing: an hour of prices, for good", SCED, "03:00", "04:00", listed=False,
          heals=False),
    Amiss("no number: N/A for a price", SCED, "09:00", "09:05", text=no_number),
)  # fmt: skip


class World:
    """The server's clock and what is amiss."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.began = time.time()
        self.plan: dict[date, Amiss] = {}

    def set_clock(self, at: datetime) -> None:
        self.now, self.began = at, time.time()

    def clock(self) -> datetime:
        return self.now + timedelta(seconds=time.time() - self.began)

    def of(self, emil: str, at: datetime) -> Amiss:
        """What is amiss by now with the posting of that second."""
        for day, found in self.plan.items():
            since, until = (instant(day, local, TZ) for local in (found.since, found.until))
            heals = found.heals and self.clock() >= instant(day, "12:00", TZ)
            if found.report == emil and since <= at < until and not heals:
                return found
        return CALM

    def postings(self, emil: str, start: datetime, end: datetime) -> Iterator[datetime]:
        for at in postings(emil, start, end):
            found = self.of(emil, at)
            if found.listed:
                yield at
            if found.again and (twice := at + timedelta(seconds=30)) < end:
                yield twice

    def document(self, _: replay.Server, doc_id: str) -> bytes:
        report, at = replay.BY_NUMBER[int(doc_id[:-10])], int(doc_id[-10:])
        found = self.of(report.emil, datetime.fromtimestamp(at, UTC))
        corrects = found.again and at % 60 != SECOND
        posted = datetime.fromtimestamp(at - 30 * corrects, UTC)
        made = TEXTS[report.emil](posted)
        if found.text and corrects == found.again:
            made = found.text(made)
        body = replay.zipped(f"{report.member}_{report.emil}.csv", made.encode())
        return found.body(body) if found.body else body

    def fail(self, server: replay.Server, day: date) -> None:
        """Answer 500 to what is scheduled, all morning."""
        server.faults.clear()
        if path := self.plan.get(day, CALM).path:
            again: list[tuple[str, replay.Fault]] = []

            def broken(handler: BaseHTTPRequestHandler) -> bool:
                server.faults.extend(again)
                return replay.reply(handler, 500, b"no")

            again.append((path, broken))
            server.faults.extend(again)


def schedule(first: date, days: int, shift: int) -> dict[date, Amiss]:
    """Every third day, or each of a short season, has a fault of its own."""
    step = 3 if days >= 3 * len(FAULTS) else 1
    due = [first + k * DAY for k in range(days) if k % step == step - 1]
    return {day: FAULTS[(k + shift) % len(FAULTS)] for k, day in enumerate(due)}


@contextmanager
def replaying(world: World) -> Iterator[replay.Server]:
    with (
        patch.object(replay, "postings", world.postings),
        patch.object(replay, "document", world.document),
        replay.serving(world.clock) as server,
    ):
        yield server
