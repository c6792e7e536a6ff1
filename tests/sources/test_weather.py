"""Weather and gas: no vintage before it was surely out, units and zones checked."""

import json
from functools import partial

import pandas as pd
import pytest

from rtlmp.asof.view import HOUR
from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources import gas, weather
from rtlmp.sources.base.interface import IncompleteError, observe
from rtlmp.sources.base.web import FetchError
from tests.helpers import live
from tests.helpers.build import utc
from tests.helpers.replay import reply, serving

VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value


@pytest.mark.parametrize("hour", range(1, 88))
def test_weather_uses_the_vintage_that_was_surely_out(hour):
    """K = ceil((h + 8) / 24) for a value h hours after issue time, from publish times alone."""
    issued = utc("2026-10-04 15:00")
    ahead = {k: 24 * k * HOUR - weather.DELAY for k in weather.DAYS_BACK}
    out = [k for k in weather.DAYS_BACK if issued + hour * HOUR - ahead[k] <= issued]
    assert min(out) == -(-(hour + 8) // 24)


def test_weather_of_both_doors_and_gas(tmp_path, monkeypatch):
    monkeypatch.setenv("EIA_API_KEY", "hush")
    now = live.at("2026-10-04T15:00")
    span = live.at("2026-10-03T15:00"), now
    with serving(lambda: now) as server:
        tools = live.tools(server, tmp_path)
        previous, _, single = weather.SOURCES
        rows = observe(previous, *span, tools)
        calls = server.count("/v1/forecast")
        assert observe(previous, *span, tools).equals(rows)
        assert server.count("/v1/forecast") == calls
        runs = live.tools(server, tmp_path, weather={**tools.live["weather"], "run_hours": [0, 12]})
        named = observe(single, *span, runs)
        price = observe(gas.SOURCES[0], live.at("2026-09-01T00:00"), now, tools)
    assert set(rows[Observations.series]) == {q.value for q in weather.VARIABLES}
    assert {name.split("/")[1] for name in rows[Observations.location]} == {"gfs_global"}
    assert (rows[VALID] - rows[PUBLISH]).max() == 4 * pd.Timedelta("1D") - weather.DELAY
    sun = rows[rows[Observations.series] == SeriesName.WEATHER_SUN]
    assert (sun[VALID] - sun[PUBLISH]).min() == pd.Timedelta("15h")  # the hour before its stamp
    assert set(named[PUBLISH]) == {utc("2026-10-03 20:00"), utc("2026-10-04 08:00")}
    assert price[VALUE].between(1, 60).all()


def test_a_part_that_two_windows_share_is_whole_in_both(tmp_path):
    """A part of 14 days, asked by a window that ends within it and then by the next one."""
    now, days = live.at("2026-10-20T15:00"), ("2026-10-02", "2026-10-07", "2026-10-19")
    a, b, c = (live.at(f"{day}T00:00") for day in days)
    previous = weather.SOURCES[0]
    with serving(lambda: now) as server:
        whole = observe(previous, a, c, live.tools(server, tmp_path / "one"))
        tools = live.tools(server, tmp_path / "two")
        parts = [observe(previous, *span, tools) for span in ((a, b), (b, c))]
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)
    assert whole[VALID].drop_duplicates().sort_values().diff().max() == HOUR


def test_a_variable_that_the_model_lacks_is_an_error():
    now = pd.Timestamp(live.at("2026-10-04T15:00"))
    stamps = {"time": ["2026-10-01T00:00", "2026-10-01T01:00"], "cloud_cover": [None, None]}
    point = {"hourly": stamps, "hourly_units": {"cloud_cover": "%"}}
    with pytest.raises(IncompleteError, match="houston: cloud_cover is null from 2026-10-01"):
        weather._column(point, "houston", "cloud_cover", (SeriesName.WEATHER_CLOUD, HOUR), now)


@pytest.mark.parametrize(
    ("values", "said"),
    [([1.0], "1 values of cloud_cover for 2 hours"), ([1.0, float("inf")], "inf")],
)
def test_an_answer_one_value_short_or_without_end_is_refused(values, said):
    stamps = {"time": ["2026-10-01T00:00", "2026-10-01T01:00"], "cloud_cover": values}
    point = {"hourly": stamps, "hourly_units": {"cloud_cover": "%"}}
    column, now = (SeriesName.WEATHER_CLOUD, HOUR), pd.Timestamp(live.at("2026-10-04T15:00"))
    with pytest.raises(ValueError, match=f"houston.*{said}"):
        weather._column(point, "houston", "cloud_cover", column, now)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda body: body.replace(b'"hourly"', b'"hourlx"'), "KeyError 'hourly'"),
        (lambda body: body.replace(b"T05:00", b"T06:00", 1), "is no hour after the last"),
        (lambda body: body[:-40], "JSONDecodeError"),
    ],
)
def test_an_answer_that_is_cut_or_lacks_a_part_is_asked_for_again_then_named(tmp_path, spoil, said):
    with serving(lambda: live.at("2026-10-04T15:00")) as server:
        tools, span = live.tools(server, tmp_path), [live.at(f"2026-10-0{k}T15:00") for k in (3, 4)]
        good = weather.previous_runs(*span, tools)
        body = tools.client.http.get(server.url + server.asked[-1]).content
        server.faults.append(("/v1/forecast", partial(reply, status=200, body=spoil(body))))
        assert weather.previous_runs(*span, tools).equals(good)
        server.faults.extend([("/v1/forecast", partial(reply, status=200, body=spoil(body)))] * 9)
        with pytest.raises(FetchError, match=f"Open-Meteo .*{said}"):
            weather.previous_runs(*span, tools)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"period": "", "value": "3"}, "row 1: period is ''"),
        ({"period": None, "value": "3"}, "row 1: period is None"),
        ({"value": "3"}, "KeyError 'period'"),
        ({"period": "2026-09-02", "value": "inf"}, "HENRY_HUB: inf"),
        ({"period": "2026-09-01", "value": "4"}, "row 1: 2026-09-01 a second time"),
    ],
)
def test_gas_of_no_day_or_without_end_is_named(tmp_path, monkeypatch, row, said):
    monkeypatch.setenv("EIA_API_KEY", "hush")
    rows = [{"period": "2026-09-01", "value": "3"}, row]
    body, now = json.dumps({"response": {"data": rows}}).encode(), live.at("2026-10-04T15:00")
    with serving(lambda: now) as server:
        server.faults.extend([("natural-gas", partial(reply, status=200, body=body))] * 9)
        tools = live.tools(server, tmp_path)
        with pytest.raises(FetchError, match=f"EIA RNGWHHD .*{said}"):
            gas.henry_hub(live.at("2026-09-01T00:00"), now, tools)


def test_a_leftover_temporary_file_in_the_store_is_passed_over(tmp_path):
    now = live.at("2026-10-04T15:00")
    span = live.at("2026-10-03T15:00"), now
    with serving(lambda: now) as server:
        tools = live.tools(server, tmp_path)
        rows = observe(weather.SOURCES[0], *span, tools)
        for path in [*tmp_path.rglob("*.parquet")]:
            path.with_name(f".4242.{path.name}").touch()
        assert observe(weather.SOURCES[0], *span, tools).equals(rows)
