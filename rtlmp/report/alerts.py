"""Hours that `alerts` of the config ask to be told of. Nothing leaves without `notify`."""

import os
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR
from rtlmp.config.kinds import Alert
from rtlmp.io.files import load_json, sha256, write_json
from rtlmp.report.figures.style import above
from rtlmp.schemas.core import Bounded

LINES: Final = "BEGIN:{0}\r\n{1}END:{0}\r\n"
DATED: Final = "UID:{}\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:{}\r\n"


class Event(NamedTuple):
    """The hours of a node, threshold and local day. Times are UTC, as iCalendar writes them."""

    node: str
    above: float  # USD/MWh
    day: str  # local
    begins: str  # the first hour
    ends: str  # the last one
    text: str


def alert_events(rows: DataFrame[Bounded], alerts: Sequence[Alert], tz: str) -> list[Event]:
    """What a forecast says of `alerts`; those of one node, threshold and local day are one."""
    local, asked = rows[Bounded.valid_time].dt.tz_convert(tz), rows[Bounded.probability] > 1
    for of in alerts:
        first, last = of.get("hours", (0, 23))
        here = (local.dt.hour - first) % 24 <= (last - first) % 24
        here &= (rows[Bounded.location] == of["node"]) & (rows[Bounded.threshold] == of["above"])
        asked |= here & (rows[Bounded.probability] >= of["probability"])
    keys = [Bounded.location, Bounded.threshold, local.dt.strftime("%Y-%m-%d")]
    found = rows.assign(**{Bounded.valid_time: local})[asked].groupby(keys)
    return [_event(hours) for _, hours in found]


def ical(events: Sequence[Event], issued: pd.Timestamp) -> bytes:
    """iCalendar (RFC 5545), an entry an event: text without bare commas, lines of 75 at most."""
    made = "VERSION:2.0\r\nPRODID:-//rtlmp//alerts//EN\r\n"
    for of in events:
        words = "\r\n ".join(re.findall(".{1,60}", re.sub(r"([,;\\])", r"\\\1", of.text)))
        uid = sha256([_name(of).encode()])[:32]
        entry = DATED.format(uid, _utc(issued), of.begins, of.ends, words)
        made += LINES.format("VEVENT", entry)
    return LINES.format("VCALENDAR", made).encode()


def read_events(path: Path) -> list[Event]:
    return load_json(path, dict[str, list[Event]])["events"] if path.exists() else []


def send(events: Sequence[Event], addresses: Sequence[str], record: Path) -> Iterator[str]:
    """Each event to each address once, whatever issue date says it: `record` has those sent.

    Yields what was. Raises ValueError where an address does not take it: the next run tries again.
    """
    if addresses:
        apprise = import_module("apprise")  # is it missing? pip install 'rtlmp[alerts]'
    sent = load_json(record, dict[str, str]) if record.exists() else {}
    for of, address in product(events, addresses):
        name = f"{_name(of)} {sha256([address.encode()])[:8]}"
        service = address.partition(":")[0]  # what follows may hold a password
        if name not in sent:
            to = apprise.Apprise()
            if not (to.add(os.path.expandvars(address)) and to.notify(of.text, "Price alert")):
                raise ValueError(f"notify: {service} did not take it: {of.text}")
            write_json(sent := {**sent, name: of.text}, record, lasting=True)
            yield f"sent by {service}: {of.text}"


def _event(hours: pd.DataFrame) -> Event:
    best = hours.nlargest(1, Bounded.probability).iloc[0]
    node, x, p = best[[Bounded.location, Bounded.threshold, Bounded.probability]]
    t, at = hours[Bounded.valid_time], best[Bounded.valid_time]
    said = f"at {at:%a %d %b %H:%M} (HE {at.hour + 1:02d})"
    text = f"{node}: P({above(x)}) {p:.0%} {said}; hours from {', '.join(t.dt.strftime('%H:%M'))}"
    return Event(node, x, f"{at:%Y-%m-%d}", _utc(t.min()), _utc(t.max() + HOUR), text)


def _name(of: Event) -> str:
    return f"{of.node} {of.above:g} {of.day}"


def _utc(t: pd.Timestamp) -> str:
    return f"{t.tz_convert('UTC'):%Y%m%dT%H%M%SZ}"
