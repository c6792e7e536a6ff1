"""An alert is told of once an event, in local hours, and only where a setting says where."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from typing import Any

import pandas as pd
import pytest

from rtlmp.config.kinds import Alert
from rtlmp.report.alerts import Event, alert_events, ical, send
from rtlmp.schemas.core import Bounded


def apprise(test):
    """Of what needs the extra `alerts`."""
    absent = pytest.mark.skipif(find_spec("apprise") is None, reason="no apprise: rtlmp[alerts]")
    own = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # at its import
    return absent(own(test))


TZ = "America/Chicago"
ASKED = Alert(node="HB_WEST", above=200, probability=0.15, hours=(16, 21))


def forecast(p: dict[str, float]) -> Any:
    """72 hours of two nodes and thresholds; `p` by local time of HB_WEST above 200, else 1 %."""
    hours = pd.date_range("2024-08-21", periods=72, freq="h", tz=TZ)
    parts = [
        pd.DataFrame({Bounded.valid_time: hours.tz_convert("UTC"), Bounded.location: node,
                      Bounded.threshold: x, Bounded.probability: 0.01})
        for node in ("HB_NORTH", "HB_WEST") for x in (100.0, 200.0)
    ]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    for clock, value in p.items():
        at = rows[Bounded.valid_time] == pd.Timestamp(clock, tz=TZ)
        west = (rows[Bounded.location] == "HB_WEST") & (rows[Bounded.threshold] == 200)
        rows.loc[at & west, Bounded.probability] = value
    return rows


HOT = {"2024-08-21 15:00": 0.9, "2024-08-21 16:00": 0.15, "2024-08-21 18:00": 0.184,
       "2024-08-21 21:00": 0.149, "2024-08-23 21:00": 0.3, "2024-08-23 22:00": 0.9}  # fmt: skip


@pytest.fixture
def events() -> list[Event]:
    return alert_events(forecast(HOT), [ASKED], TZ)


def test_hours_asked_that_reach_the_probability_are_an_event_a_local_day(events):
    first, second = events
    assert (first.node, first.above, first.day) == ("HB_WEST", 200, "2024-08-21")
    assert (first.begins, first.ends) == ("20240821T210000Z", "20240822T000000Z")
    told = "HB_WEST: P(> $200/MWh) 18% at Wed 21 Aug 18:00 (HE 19); hours from 16:00, 18:00"
    assert first.text == told
    assert second.text.endswith("hours from 21:00")


@pytest.mark.parametrize(("hours", "count"), [((22, 2), 1), ((22, 15), 2), (None, 2), ((3, 3), 0)])
def test_hours_may_pass_midnight_or_be_left_out(hours, count):
    asked = ASKED | ({"hours": hours} if hours else {})
    if not hours:
        del asked["hours"]
    assert len(alert_events(forecast(HOT), [asked], TZ)) == count


def test_two_alerts_of_one_event_are_one():
    both = [ASKED, Alert(**{**ASKED, "probability": 0.2})]
    assert len(alert_events(forecast(HOT), both, TZ)) == 2


def test_the_calendar_is_one(events):
    text = ical(events, pd.Timestamp("2024-08-20 15:00", tz="UTC")).decode()
    assert text.count("\r\n") == text.count("\n")
    assert all(len(line) <= 75 for line in text.split("\r\n"))
    assert "DTSTAMP:20240820T150000Z\r\nDTSTART:20240821T210000Z\r\nDTEND:20240822T000000Z" in text
    assert "SUMMARY:HB_WEST: P(> $200/MWh) 18% at Wed 21 Aug 18:00 (HE 19)\\; hours" in (
        text.replace("\r\n ", "")
    )


@pytest.fixture
def hook() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and the messages that came there."""
    came: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            came.append(body["message"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/hook", came
        server.shutdown()


@apprise
def test_an_event_leaves_once_whatever_issue_date_says_it(events, hook, tmp_path):
    address, came = hook
    assert len([*send(events[:1], [address], tmp_path / "sent.json")]) == 1
    later = [events[0]._replace(text="the same day, said again")]
    assert [*send(later, [address], tmp_path / "sent.json")] == []
    assert came == [events[0].text]


@apprise
def test_what_could_not_be_sent_is_tried_again(events, hook, tmp_path):
    address, came = hook
    with pytest.raises(ValueError, match="notify: json did not take it: HB_WEST"):
        [*send(events, ["json://127.0.0.1:1/"], tmp_path / "sent.json")]
    assert len([*send(events, [address], tmp_path / "sent.json")]) == len(came) == 2
