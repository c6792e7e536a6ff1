"""A source that fails for the morning: the run goes on with what is stored, and says so."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from rtlmp.evaluation.tables import Lost
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.web import FetchError
from rtlmp.sources.ercot.client import CredentialsError
from rtlmp.sources.registry import SOURCES, observe_or_say
from tests.helpers import live
from tests.helpers.replay import Server, reply, serving
from tests.sources.base.test_web import always, late

NOW = live.at("2026-10-04T15:00")
SPAN = live.at("2026-10-01T00:00"), NOW
FAULTS = {
    "500": partial(reply, status=500, body=b"no"),
    "403": partial(reply, status=403, body=b"no"),
    "302": partial(reply, status=302),
    "503": partial(reply, status=503),
    "hours": partial(reply, status=429, Retry_After="7200"),
    "nothing": late,
    "a page": partial(reply, status=200, body=b"<html>maintenance</html>"),
}


def source(name: str) -> Source:
    return next(s for s in SOURCES if s.name == name)


@pytest.fixture
def server() -> Iterator[Server]:
    now = [NOW - timedelta(days=1)]
    with serving(lambda: now[0]) as running:
        running.since.append(live.at("2026-01-01T06:00"))
        yield running._replace(now=lambda: now[0])
        now[0] = NOW


def tools_of(server: Server, store, now=NOW, **options) -> Tools:
    made = live.tools(server, store, slept=[], timeout=0.2, archive=False, **options)
    return made._replace(now=now)


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("name", "fault"),
    [*(("np6-345-cd", fault) for fault in FAULTS), ("open-meteo-previous", "500"),
     ("eia-henry-hub", "500"), ("np3-565-cd", "nothing")],
)  # fmt: skip
def test_it_gives_what_is_stored_is_named_and_heals(server, tmp_path, name, fault):
    span = SPAN[0], NOW - timedelta(days=1)
    before = observe_or_say(source(name), *span, tools_of(server, tmp_path, span[1]))
    with serving(lambda: NOW) as today:
        today.since.extend(server.since)
        always(today, "/", FAULTS[fault])
        tools = tools_of(today, tmp_path)
        found = observe_or_say(source(name), *SPAN, tools)
        known = found[found[Observations.publish_time] < span[1]]
        assert known.reset_index(drop=True).equals(before)
        asked = [(loss.report, loss.posting, loss.published, loss.accepted) for loss in tools.lost]
        assert asked in ([(name, "", NOW, False)], [])
        assert asked or not today.asked
        today.faults.clear()
        healed = tools_of(today, tmp_path)
        rows = observe_or_say(source(name), *SPAN, healed)
        assert healed.lost == []
        fresh = tools_of(today, tmp_path)
        assert observe_or_say(source(name), *SPAN, fresh).equals(rows)


@pytest.mark.usefixtures("secrets")
def test_a_closed_old_month_and_missing_credentials_stop(tmp_path, monkeypatch):
    with serving(lambda: NOW) as today:
        always(today, "/", FAULTS["500"])
        old = live.at("2026-08-01T00:00"), live.at("2026-09-01T00:00")
        tools = live.tools(today, tmp_path, slept=[])
        with pytest.raises(FetchError, match="HTTP 500"):
            observe_or_say(source("np3-565-cd"), *old, tools)
        monkeypatch.delenv("ERCOT_API_PASSWORD")
        with pytest.raises(CredentialsError, match="ERCOT_API_PASSWORD"):
            observe_or_say(source("np3-565-cd"), live.at("2026-09-20T00:00"), NOW, tools)
        today.faults.clear()


def test_a_host_that_failed_twice_is_asked_once_by_the_others_until_it_answers(server, tmp_path):
    always(server, "/", FAULTS["500"])
    tools = tools_of(server, tmp_path)
    for name in ("np3-565-cd", "np6-345-cd", "np4-190-cd"):
        observe_or_say(source(name), *SPAN, tools)
    assert server.count("IceDocList") == 2 * tools.client.attempts + 1
    assert [loss.report for loss in tools.lost] == ["np3-565-cd", "np6-345-cd", "np4-190-cd"]
    server.faults.clear()
    observe_or_say(source("np3-565-cd"), *SPAN, tools)
    assert not tools.client.failed


def test_a_recent_day_without_prices_is_lost_and_said(server, tmp_path):
    """An older one stops the run."""
    silence = live.at("2026-10-01T05:00"), live.at("2026-10-02T05:00")
    server.silent["np6-788-cd"] = silence[0]
    span = live.at("2026-10-01T05:00"), live.at("2026-10-03T14:00")
    tools = tools_of(server, tmp_path, span[1], gaps=["np6-788-cd 2026-10-02"])
    assert observe_or_say(source("np6-788-cd"), *span, tools).empty
    (loss,) = tools.lost
    assert loss.published == silence[0]
    assert "np6-788-cd 2026-10-01: 0 of 288 values" in loss.why
    assert Lost.posting
