"""The registry and the other markets, by gridstatus."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import DERIVED, MARKETS, READ, STORED, SeriesName
from rtlmp.config import parse_config
from rtlmp.features.matrix import FEATURES
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import Source, observe
from rtlmp.sources.base.web import FetchError
from rtlmp.sources.isos.ask import Feed
from rtlmp.sources.isos.feeds import FEEDS
from rtlmp.sources.isos.fetch import feed_observations
from rtlmp.sources.registry import SOURCES, series_of, sources_of
from tests.helpers import live
from tests.helpers.build import settings
from tests.helpers.replay import serving

VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value


def source(emil: str) -> Source:
    return next(s for s in SOURCES if s.name == emil)


def test_the_registry_is_whole():
    names = [s.name for s in SOURCES]
    assert len(set(names)) == len(names)
    for s in SOURCES:
        assert s.market in ("", *MARKETS)
        assert s.series
        assert s.published.split(":")[0] in ("recorded", "rule", "lead", "run")
        assert s.origin
        assert s.span >= timedelta(days=1)
    assert {q for s in SOURCES for q in s.series} == {*STORED}


@pytest.mark.parametrize("market", MARKETS)
def test_every_market_has_the_standard_tables(market):
    given = {q for s in SOURCES if s.market == market for q in s.series}
    assert {
        SeriesName.RT_LMP,
        SeriesName.DAM_SPP,
        SeriesName.LOAD,
        SeriesName.LOAD_FORECAST,
    } <= given
    if market != "ERCOT":
        assert {
            SeriesName.RT_LMP_ENERGY,
            SeriesName.RT_LMP_CONGESTION,
            SeriesName.RT_LMP_LOSS,
            SeriesName.GENERATION,
        } <= given
    entry = MARKETS[market]
    assert ZoneInfo(entry.tz)
    assert datetime.strptime(entry.gate_closure, "%H:%M")  # noqa: DTZ007
    config = parse_config(settings(market=market))
    assert SeriesName.RT_LMP in series_of(config)
    assert SeriesName.LOAD_FORECAST_MODEL not in series_of(config)
    assert {s.market for s in sources_of(market, [*STORED], config["live"])} <= {"", market}


def test_nothing_is_asked_for_before_a_source_began(tmp_path):
    with serving(lambda: live.at("2026-10-03T12:00")) as server:
        tools = live.tools(server, tmp_path)
        for name in ("np6-331-cd", "open-meteo-previous"):
            assert observe(source(name), live.at("2020-01-01"), live.at("2020-02-01"), tools).empty
        assert server.asked == []


def test_features_read_no_series_that_runs_do_not_keep():
    assert {q for f in FEATURES for q in f.inputs} <= {*READ, *DERIVED}


STAMPS = pd.date_range("2026-10-03", periods=24 * 12, freq="5min", tz="US/Pacific")
FRAMES = {
    "caiso-rt-lmp": pd.DataFrame(
        {"Interval Start": STAMPS, "Location": "HB_NORTH", "LMP": 3.0, "Energy": 2.0,
         "Congestion": 0.5, "Loss": 0.5}),
    "caiso-load": pd.DataFrame({"Interval Start": STAMPS, "Load": np.arange(288.0)}),
    "caiso-mix": pd.DataFrame({"Time": STAMPS, "Solar": 1.0, "Wind": np.arange(288.0)}),
    "caiso-dam-as": pd.DataFrame(
        {"Interval Start": STAMPS[::12], "Region": "NP15", "Market": "DAM", "Spin": 4.0}),
    "caiso-load-forecast": pd.DataFrame(
        {"Interval Start": STAMPS[::12], "TAC Area Name": "CA ISO-TAC", "Load Forecast": 5.0}),
}  # fmt: skip


def feed_of(name: str) -> Feed:
    return next(feed for feed in FEEDS if feed.source == name)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_gridstatus_becomes_observations(name):
    feed, frame = feed_of(name), FRAMES[name]
    rows = feed_observations(feed, frame, frozenset(), name)
    assert set(rows[Observations.series]) == {q.value for q in feed.columns.values()}
    hourly = next(iter(feed.columns.values())).step == "h"
    assert rows[VALID].nunique() == (24 if hourly else 288)
    if "day before" in feed.rule.about:
        assert (rows[PUBLISH] < rows[VALID]).all()
        assert rows[PUBLISH].dt.tz_convert("US/Pacific").dt.day.unique() == [2]
    if name == "caiso-load":
        assert rows[VALUE].iloc[0] == np.arange(12).mean()
        assert rows[Observations.location].unique() == ["CAISO"]
        assert rows[PUBLISH].iloc[0] == rows[VALID].iloc[0] + pd.Timedelta("90min")
    if name == "caiso-dam-as":
        assert rows[Observations.location].unique() == ["NP15/Spin"]


def test_naive_times_and_lost_columns_of_gridstatus_are_refused():
    feed, frame = feed_of("caiso-load"), FRAMES["caiso-load"]
    naive = frame.assign(**{"Interval Start": STAMPS.tz_localize(None)})
    with pytest.raises(FetchError, match="Interval Start has no time zone"):
        feed_observations(feed, naive, frozenset(), "caiso-load 2026-10-03")
    with pytest.raises(FetchError, match=r"caiso-load 2026-10-03: gridstatus gave no \['Load'\]"):
        feed_observations(feed, frame[["Interval Start"]], frozenset(), "caiso-load 2026-10-03")


def test_what_gridstatus_raises_names_source_day_and_remedy(tmp_path, monkeypatch):
    gridstatus = pytest.importorskip("gridstatus")

    def get_load(*_, **__):
        raise KeyError("Current demand")

    monkeypatch.setattr(gridstatus.CAISO, "get_load", get_load)
    span = live.at("2026-10-03T12:00"), live.at("2026-10-04T12:00")
    with serving(lambda: span[1]) as server, pytest.raises(FetchError) as caught:
        observe(source("caiso-load"), *span, live.tools(server, tmp_path))
    for text in ("caiso-load 2026-10-0", "KeyError 'Current demand'", "CAISO.get_load"):
        assert text in str(caught.value)


def test_another_market_is_fetched_a_day_at_a_time_and_only_once(tmp_path, monkeypatch):
    gridstatus = pytest.importorskip("gridstatus")
    asked = []

    def get_load(_, date, **__):
        asked.append(date)
        if len(asked) == 2:
            raise ConnectionError("reset by peer")
        stamps = pd.date_range(date, date + pd.DateOffset(days=1), freq="5min", inclusive="left")
        return pd.DataFrame({"Interval Start": stamps, "Load": float(date.day)})

    monkeypatch.setattr(gridstatus.CAISO, "get_load", get_load)
    load = source("caiso-load")
    with serving(lambda: live.at("2026-11-04T20:00")) as server:
        tools = live.tools(server, tmp_path)
        rows = observe(load, live.at("2026-10-31T12:00"), live.at("2026-11-03T12:00"), tools)
        days = len({*asked})
        again = observe(load, live.at("2026-10-31T12:00"), live.at("2026-11-03T12:00"), tools)
    assert len(asked) == days + 1  # one failed and was asked again
    assert again.equals(rows)
    assert pd.Series(np.sort(rows[VALID])).diff().dropna().nunique() == 1


def test_no_weather_is_asked_for_where_no_point_is_named():
    weather = {"model": "gfs_global", "run_hours": [], "points": None}
    live = {"archive": False, "weather": weather}
    config = parse_config(settings(source="live", start="2026-10-01", live=live))
    names = {s.name for s in sources_of("ERCOT", [*STORED], config["live"])}
    assert "native-load" in names
    assert not [name for name in names if name.startswith("open-meteo")]
