"""A server that misbehaves: what is lost is nothing, what is said names report, day and remedy."""

import html
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, quote_plus, unquote

import pytest

from rtlmp.schemas.core import Observations
from rtlmp.sources.base import interface, web
from rtlmp.sources.base.interface import IncompleteError
from rtlmp.sources.base.pace import due, pacer
from rtlmp.sources.base.redact import words
from rtlmp.sources.base.web import FetchError, retry_after
from rtlmp.sources.ercot.client import CredentialsError
from rtlmp.sources.ercot.parse import ReportError
from rtlmp.sources.gas import henry_hub
from tests.helpers import live
from tests.helpers.replay import reply, serving

NOW = live.at("2026-10-04T15:00")
HOUR = ("2026-10-04T12:00", "2026-10-04T13:00")  # of SCED runs, still on the public site
OLD = ("2026-08-01T12:00", "2026-08-01T13:00")  # only in the archive
DOCUMENT, BULK = "mirDownload", "/download"
BAD = "123001791115520"  # a posting of HOUR


@pytest.fixture
def server():
    with serving(lambda: NOW) as running:
        yield running


def prices(server, store, span=HOUR, **options):
    return live.read("np6-788-cd", *span, live.tools(server, store, **options))


def half(handler: BaseHTTPRequestHandler) -> bool:
    """Promise more than is sent, then hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"PK\x03\x04 and then nothing")
    handler.close_connection = True
    return True


LATE = 1.2  # s; half of it is waited for


def late(handler: BaseHTTPRequestHandler) -> bool:
    time.sleep(LATE)
    return reply(handler, 200, b"too late")


NOTHING = b'{"ListDocsByRptTypeRes":{"DocumentList":[]}}'
XML = b"<root>Error Downloading Content - NO Results</root>"
PASSING = {
    "429 with Retry-After": (partial(reply, status=429, Retry_After="7"), 7),
    "429 with a date": (
        lambda h: reply(
            h, 429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=99))
        ),
        98,
    ),
    "429 without Retry-After": (partial(reply, status=429), 1),
    "500": (partial(reply, status=500), 1),
    "503": (partial(reply, status=503), 1),
    "half a body": (half, 1),
    "time-out": (late, 1),
    "XML in a zip link": (partial(reply, status=200, body=XML), 1),
    "half a zip": (partial(reply, status=200, body=b"PK\x03\x04half"), 1),
}


BLOCKED = partial(reply, status=403, body=b"<h1>access from your\n country</h1>")


def always(server, text, fault):
    """The server does so each time that `text` is asked for."""

    def again(handler):
        server.faults.append((text, again))
        return fault(handler)

    server.faults.append((text, again))


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_is_waited_out_and_nothing_is_lost(server, tmp_path, name):
    fault, wait = PASSING[name]
    want = prices(server, tmp_path / "calm")
    server.faults.append((DOCUMENT, fault))
    slept: list[float] = []
    found = prices(server, tmp_path / "stormy", slept=slept, timeout=LATE / 2)
    assert found.equals(want)
    assert len(slept) == 1
    assert wait <= slept[0] <= wait + 2


@pytest.mark.parametrize("name", PASSING)
def test_a_lasting_fault_of_one_posting_stops_no_second_run(server, tmp_path, name, caplog):
    """Where it may be the server's, the first one stops, naming report, posting and what failed."""
    always(server, BAD, PASSING[name][0])
    if name not in ("500", "XML in a zip link", "half a zip"):
        with pytest.raises(FetchError, match=f"SCED run, posting {BAD} of .* failed 6 times"):
            prices(server, tmp_path, slept=[], timeout=LATE / 2)
    assert len(prices(server, tmp_path, slept=[], timeout=LATE / 2)) == 11 * 3
    asked = server.count(DOCUMENT)
    caplog.clear()
    assert len(prices(server, tmp_path, slept=[], timeout=LATE / 2)) == 11 * 3
    assert server.count(DOCUMENT) == asked + 1
    assert f"left out: np6-788-cd LMP of each SCED run, posting {BAD}" in caplog.text
    server.faults.clear()
    assert len(prices(server, tmp_path)) == 12 * 3
    assert not [*tmp_path.rglob("*.lost")]


def test_a_server_that_hangs_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(web, "LONGEST_TRY", LATE * 0.75)
    always(server, BAD, late)
    with pytest.raises(FetchError, match="failed 2 times: ReadTimeout"):
        prices(server, tmp_path, slept=[], timeout=LATE / 2)


def test_interrupted_it_goes_on_where_it_was(server, tmp_path):
    whole = prices(server, tmp_path / "whole")
    before = server.count(DOCUMENT)
    server.faults.extend([(DOCUMENT, lambda _: False)] * 5 + [(DOCUMENT, BLOCKED)])
    with pytest.raises(FetchError, match="HTTP 403: access from your country"):
        prices(server, tmp_path / "cut")
    assert prices(server, tmp_path / "cut").equals(whole)
    assert server.count(DOCUMENT) == before + 12 + 1  # every posting once, and the failed call
    assert prices(server, tmp_path / "cut").equals(whole)
    assert server.count(DOCUMENT) == before + 13


def test_a_server_that_wants_hours_is_not_waited_for(server, tmp_path):
    server.faults.append(("IceDocList", partial(reply, status=429, Retry_After="7200")))
    slept: list[float] = []
    with pytest.raises(FetchError, match="asks to wait 7200 s"):
        prices(server, tmp_path, slept=slept)
    assert slept == []


@pytest.mark.usefixtures("secrets")
def test_the_archive_gives_lots_and_both_kinds_of_token_are_tried(server, tmp_path):
    server.faults.append(("/api/archive", partial(reply, status=302)))
    found = prices(server, tmp_path, OLD)
    assert len(found) == 12 * 3
    assert server.count("/token") == 1
    assert server.count(BULK) == 1
    server.faults.extend([("/api/archive", partial(reply, status=401))] * 4)
    with pytest.raises(FetchError, match="refused both kinds of token"):
        prices(server, tmp_path / "other", OLD)


@pytest.mark.usefixtures("secrets")
def test_a_lot_with_a_broken_posting_is_asked_for_again(server, tmp_path):
    server.faults.append((BULK, partial(reply, status=200, body=XML)))
    assert len(prices(server, tmp_path, OLD)) == 12 * 3
    assert server.count(BULK) == 2


def test_missing_credentials_are_named(server, tmp_path, monkeypatch):
    for name in live.SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ERCOT_API_USERNAME", "somebody")
    with pytest.raises(CredentialsError) as caught:
        prices(server, tmp_path, OLD)
    assert "ERCOT_API_PASSWORD, ERCOT_PUBLIC_API_SUBSCRIPTION_KEY" in str(caught.value)
    assert "ERCOT_API_USERNAME" not in str(caught.value)


@pytest.mark.usefixtures("secrets")
def test_no_secret_is_said_or_kept(server, tmp_path, caplog):
    caplog.set_level("DEBUG")
    prices(server, tmp_path, OLD)
    server.faults.extend([("/token", partial(reply, status=400))])
    with pytest.raises(FetchError) as caught:
        prices(server, tmp_path / "other", OLD)
    kept = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    told = [caplog.text.encode(), str(caught.value).encode(), *kept]
    assert not [t for t in told for s in live.SECRETS.values() if s.encode() in t]


def test_a_renamed_column_is_named_with_those_that_are_there(server, tmp_path):
    server.edits.append(lambda _, csv: csv.replace(",LMP", ",LocationalPrice"))
    with pytest.raises(ReportError) as caught:
        prices(server, tmp_path)
    for text in ("np6-788-cd", "2026-10-04 07:00", "rt_lmp", "LOCATIONALPRICE", "ercot/reports.py"):
        assert text in str(caught.value)


def test_new_columns_and_an_extra_file_layout_change_nothing(server, tmp_path):
    want = prices(server, tmp_path / "old")
    server.edits.append(
        lambda _, csv: "\n".join(f"{line},{k}" for k, line in enumerate(csv.split("\n")))
    )
    server.edits.append(lambda _, csv: csv.replace("\n", "\r\n") + "\r\n")
    assert prices(server, tmp_path / "new").equals(want)


@pytest.mark.parametrize("bad", ["n/a", "$12", "inf"])
def test_what_is_not_a_number_is_named_and_the_rest_is_read(server, tmp_path, caplog, bad):
    server.edits.append(lambda _, csv: csv.rpartition(",")[0] + f",{bad}")
    assert len(prices(server, tmp_path)) == 12 * 2
    assert f"posting 123001791115220 of 2026-10-04 07:00:20: row 4: LMP is '{bad}'" in caplog.text


def test_prices_as_quoted_text_with_thousands_are_read(server, tmp_path):
    want = prices(server, tmp_path / "plain")

    def quoted(_, csv):
        head, *rows = (line.rpartition(",") for line in csv.split("\n"))
        return "\n".join(["".join(head), *(f'{a},"{float(v) + 1000:,.2f}"' for a, _, v in rows)])

    server.edits.append(quoted)
    found = prices(server, tmp_path / "quoted")
    assert (found[Observations.value] - 1000).round(2).tolist() == want[Observations.value].tolist()


def test_an_empty_day_is_refused_and_can_be_accepted(server, tmp_path, monkeypatch):
    server.faults.append(("IceDocList", partial(reply, status=200, body=NOTHING)))
    span = ("2026-10-02T00:00", "2026-10-04T14:00")
    monkeypatch.setattr(interface, "RECENT", timedelta(0))
    with pytest.raises(IncompleteError) as caught:
        prices(server, tmp_path, span)
    for text in ("np6-788-cd 2026-10-02: 0 of 288", "live.gaps", "report 12300"):
        assert text in str(caught.value)
    for gaps in (["np6-788-cd 2026-10-02", "np6-788-cd 2026-10-03"], ["np6-788-cd 2026-10"]):
        assert prices(server, tmp_path, span, gaps=gaps).empty


def test_files_of_headers_alone_are_losses(server, tmp_path):
    server.edits.append(lambda _, csv: csv.split("\n")[0])
    with pytest.raises(ReportError, match="a CSV file without a row"):
        prices(server, tmp_path)


def test_a_file_broken_in_the_store_is_named_and_fetched_again(server, tmp_path):
    want = prices(server, tmp_path)
    for path in tmp_path.rglob("*.zip"):
        path.write_bytes(b"not a zip")
    with pytest.raises(ReportError, match=r"posting 123001791115220 of .*: File is not a zip file"):
        prices(server, tmp_path)
    assert prices(server, tmp_path).equals(want)


def test_calls_are_spaced_evenly():
    assert due(last=0, now=1, per_minute=28) == pytest.approx(60 / 28 - 1)
    assert due(last=0, now=5, per_minute=28) == 0
    assert due(last=100, now=0, per_minute=60) == 1  # a clock set back


def test_processes_share_a_rate(tmp_path):
    paces = [pacer(tmp_path, {"api": 1200}) for _ in range(2)]
    start = time.monotonic()
    for k in range(6):
        paces[k % 2]("api")
    assert 0.25 <= time.monotonic() - start < 1


@pytest.mark.parametrize(("text", "wait"), [(None, 0), ("", 0), ("12", 12), ("-3", 0)])
def test_retry_after_in_seconds(text, wait):
    assert retry_after(text) == wait


def test_retry_after_as_a_date():
    assert retry_after("Sun, 04 Oct 2026 15:01:00 GMT", now=NOW.timestamp) == 60


KEYS = {
    "ERCOT_API_USERNAME": "some body+1@example.org",
    "ERCOT_API_PASSWORD": 'p&ss "w<rd>',
    "ERCOT_PUBLIC_API_SUBSCRIPTION_KEY": "Subscription-0123/=",
    "EIA_API_KEY": "eia secret+key",
}
WAYS = (str, quote, quote_plus, html.escape, json.dumps, lambda key: quote(quote_plus(key)), repr)


@pytest.mark.parametrize("status", [200, 400, 403, 404, 500])
def test_no_secret_is_said_where_a_server_repeats_all_it_was_sent(
    server, tmp_path, monkeypatch, status
):
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)

    def echo(handler):
        if "/token" in handler.path and status != 403:
            return False  # else the archive's tokens would not be at stake
        sent = [text for name, text in handler.headers.items() if name[0] in "AO"]
        body = " ".join(["<b>no</b>", *sent, handler.path, unquote(handler.path)])
        return reply(handler, status, body.encode())

    always(server, "", echo)
    tools = live.tools(server, tmp_path, slept=[])
    gas = partial(henry_hub, NOW - timedelta(days=9), NOW, tools)
    for go in (gas, partial(prices, server, tmp_path, OLD), partial(prices, server, tmp_path)):
        with pytest.raises(FetchError) as caught:
            go()
        assert not leaked(str(caught.value)), str(caught.value)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_words_of_an_answer_hold_no_secret_however_it_is_written(monkeypatch, way):
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    for key in KEYS.values():
        for start in range(130):
            said = words(f"<p>{'x' * start} {way(key)} Bearer abc.def eyJhbGciOi.x</p>".encode())
            assert not leaked(said), said
    assert words(b"<h1>blocked:\n access from your country</h1>\x00") == (
        "blocked: access from your country"
    )


def leaked(said: str) -> list[str]:
    """Pieces of a secret in `said`, whatever way it is written."""
    pieces = {w(key).strip("'\"")[:9] for key in KEYS.values() for w in WAYS}
    return [p for p in (*pieces, "identity-token", "access-token") if p.lower() in said.lower()]
