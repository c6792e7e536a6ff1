"""Every table of every market, from what its site answers, through gridstatus as pinned."""

import json
from datetime import datetime, timedelta

import pandas as pd
import pytest

from rtlmp.catalog import MARKETS, MINUTES
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import IncompleteError, Source, Tools, observe
from rtlmp.sources.base.web import FetchError
from rtlmp.sources.isos.feeds import FEEDS
from rtlmp.sources.registry import SOURCES
from tests.helpers import live
from tests.helpers.iso_sites import NODE, Sites, oasis
from tests.helpers.replay import serving

pytest.importorskip("gridstatus")
DAY = timedelta(days=1)
LOCATION, VALID, PUBLISH = Observations.location, Observations.valid_time, Observations.publish_time
BY_NAME = {s.name: s for s in SOURCES}
SOME = {  # a location of each table that is not of prices
    "caiso-dam-as": "AS_CAISO/Spinning Reserves",
    "nyiso-dam-as": "WEST/10 Min Spin Reserves",
    "caiso-mix": "Natural Gas",
    "miso-load-forecast": "LRZ1 MTLF",
}


def local(market: str, days: int) -> pd.Timestamp:
    """Midnight of the day so many days before today."""
    today = pd.Timestamp.now(MARKETS[market].tz).normalize()
    return today - pd.DateOffset(days=days)


@pytest.fixture(autouse=True)
def sites(monkeypatch) -> Sites:
    monkeypatch.setenv("PJM_API_KEY", "k")
    return Sites(monkeypatch)


@pytest.fixture
def tools(tmp_path):
    with serving(lambda: pd.Timestamp.now("UTC").to_pydatetime()) as server:
        made = live.tools(server, tmp_path, attempts=3)
        yield made._replace(locations=frozenset({NODE}))


def day_rows(source: Source, day: pd.Timestamp, tools: Tools) -> pd.DataFrame:
    """What is known today of the local `day`."""
    rows = observe(source, day.to_pydatetime(), tools.now + timedelta(seconds=1), tools)
    after = day + pd.DateOffset(days=1)
    return rows[(rows[VALID] >= day) & (rows[VALID] < after)]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.source)
def test_a_day_of_every_table_arrives_whole_and_not_before_it_was_public(feed, tools):
    source, day = BY_NAME[feed.source], local(feed.market, 1)
    rows = source.fetch(day.to_pydatetime(), tools.now, tools)
    after = day + pd.DateOffset(days=1)
    rows = rows[(rows[VALID] >= day) & (rows[VALID] < after)]
    assert {*rows[Observations.series]} == {*feed.columns.values()}
    step = next(iter(feed.columns.values())).step
    want = (after - day) / timedelta(minutes=MINUTES[step])
    counts = rows.groupby([Observations.series, LOCATION])[VALID].nunique()
    assert (counts == want).all()
    prices = feed.location.startswith("Location")
    system = SOME.get(feed.source, "Wind" if feed.name == "mix" else feed.market)
    assert (NODE if prices else system) in {*rows[LOCATION]}
    if prices:
        assert {*rows[LOCATION]} == {NODE}
    ahead = feed.rule.early or "forecast" in feed.name
    assert ahead or (rows[PUBLISH] >= rows[VALID] + timedelta(minutes=MINUTES[step])).all()


def gone(url: str) -> bytes:
    raise FileNotFoundError(url)


def test_a_part_that_gridstatus_swallowed_is_asked_again_and_named_while_it_stays_away(
    sites, tools, caplog
):
    source, day = BY_NAME["isone-rt-lmp"], local("ISONE", 2)
    sites.broken["_08-12.csv"] = gone
    assert day_rows(source, day, tools)[VALID].nunique() == 240
    assert f"isone-rt-lmp {day:%Y-%m-%d}: short, 240 of 288 values" in caplog.text
    lost = [url for url in sites.asked if f"{day:%Y%m%d}_08-12" in url]
    assert len(lost) == 2  # at once: it may just have failed

    del sites.broken["_08-12.csv"]
    later = tools._replace(now=tools.now + timedelta(minutes=1))
    rows = day_rows(source, day, later)
    assert rows[VALID].nunique() == 288
    healed = rows[rows[PUBLISH] >= later.now - timedelta(seconds=1)]
    assert healed[VALID].nunique() == 48  # nobody had them before: no leak
    sites.asked.clear()
    after = later._replace(now=later.now + timedelta(minutes=1))
    known = observe(source, later.now, after.now, after)  # what a new month's file starts from
    assert known[(known[VALID] >= day) & (known[VALID] < day + DAY)][VALID].nunique() == 48
    day_rows(source, day, after)
    assert not [url for url in sites.asked if f"{day:%Y%m%d}" in url]


def test_a_day_that_stays_short_is_final_in_the_end_and_an_empty_one_refused(sites, tools):
    source, day = BY_NAME["isone-rt-lmp"], local("ISONE", 20)
    sites.broken[f"{day:%Y%m%d}_08-12.csv"] = gone
    span = day.to_pydatetime(), (day + DAY).to_pydatetime()
    rows = observe(source, *span, tools)
    sites.asked.clear()
    assert observe(source, *span, tools._replace(now=tools.now + DAY)).equals(rows)
    assert sites.asked == []
    empty = local("ISONE", 30)
    sites.broken[f"lmp_5min_{empty:%Y%m%d}"] = gone
    later = tools._replace(now=tools.now + 40 * DAY)  # a recent one is only said
    with pytest.raises(IncompleteError, match=f"isone-rt-lmp {empty:%Y-%m-%d}: 0 of 288.*gaps"):
        observe(source, empty.to_pydatetime(), (empty + 9 * DAY).to_pydatetime(), later)


def test_miso_gives_today_yesterday_and_weeks_that_are_final(tools, caplog):
    source = BY_NAME["miso-rt-lmp"]
    old, between = local("MISO", 16), local("MISO", 5)
    rows = observe(source, old.to_pydatetime(), tools.now, tools)
    days = rows[VALID].dt.tz_convert(MARKETS["MISO"].tz).dt.normalize()
    counts = rows[rows[Observations.series] == "rt_lmp"].groupby(days)[VALID].nunique()
    assert counts[old] == counts[local("MISO", 1)] == 288
    assert between not in counts.index
    assert f"miso-rt-lmp {between:%Y-%m-%d}: short, 0 of 288 values" in caplog.text


@pytest.mark.parametrize("name", ["miso-mix", "spp-mix"])
def test_days_before_those_a_market_keeps_are_neither_asked_for_nor_missed(name, sites, tools):
    source = BY_NAME[name]
    old = local(source.market, 400).to_pydatetime()
    assert observe(source, old, old + 3 * DAY, tools).empty
    assert sites.asked == []


def test_pjm_load_older_than_a_month_is_the_metered_one(sites, tools):
    source, day = BY_NAME["pjm-load"], local("PJM", 60)
    rows = source.fetch(day.to_pydatetime(), tools.now, tools)
    assert (rows[LOCATION] == "PJM").sum() == (day + pd.DateOffset(days=1) - day) / DAY * 24
    assert "hrl_load_metered" in sites.asked[0]


@pytest.mark.parametrize("name", ["caiso-rt-lmp", "caiso-dam-lmp", "caiso-load-forecast"])
def test_the_25th_hour_is_asked_for_where_24_are_given(name, tools):
    source, day = BY_NAME[name], pd.Timestamp("2025-11-02", tz=MARKETS["CAISO"].tz)
    rows = source.fetch(day.to_pydatetime(), tools.now, tools)
    assert rows[VALID].nunique() == 25 * (12 if "rt" in name else 1)
    assert rows[VALID].max() < day + pd.DateOffset(days=1)


def test_caiso_in_a_hurry_is_asked_again_and_ten_nodes_at_a_time(sites, tools):
    answers = iter([b".xml", b".xml"])
    sites.broken["oasis.caiso.com"] = lambda url: next(answers, None) or oasis(url)
    names = frozenset({NODE, *(f"NODE_{k}" for k in range(10))})
    source, day = BY_NAME["caiso-rt-lmp"], local("CAISO", 1)
    rows = source.fetch(day.to_pydatetime(), tools.now, tools._replace(locations=names))
    assert {*rows[LOCATION]} == names
    sites.broken["oasis.caiso.com"] = lambda _: b".xml"
    assert source.fetch(day.to_pydatetime(), tools.now, tools).empty


@pytest.mark.parametrize("market", sorted({feed.market for feed in FEEDS}))
def test_the_auction_of_tomorrow_is_not_asked_for_before_it_is_out(market, sites, tools):
    tomorrow = local(market, -1)
    early = tools._replace(now=(local(market, 0) + timedelta(hours=9)).to_pydatetime())
    source = BY_NAME[f"{market.lower()}-dam-lmp"]
    assert source.fetch(tomorrow.to_pydatetime(), early.now, early).empty
    assert sites.asked == []


def test_a_node_of_pjm_is_named_or_numbered_and_a_wrong_name_has_neighbours(tools):
    source, day = BY_NAME["pjm-rt-lmp"], local("PJM", 2).to_pydatetime()
    for name in (NODE, "51288"):
        rows = source.fetch(day, tools.now, tools._replace(locations=frozenset({name})))
        assert {*rows[LOCATION]} == {name}
    with pytest.raises(FetchError, match=r"no price node 'HUB C'; near to it \['HUB [AB]'"):
        source.fetch(day, tools.now, tools._replace(locations=frozenset({"HUB C"})))


def test_two_nodes_of_one_name_are_refused(sites, tools):
    both = [{"pnode_id": k, "pnode_name": NODE, "voltage_level": None, "effective_date": "2004"}
            for k in (1, 2)]  # fmt: skip
    sites.broken["v1/pnode"] = lambda _: json.dumps({"items": both, "totalRows": 2})
    price = {"pnode_name": NODE, "type": "HUB", "system_energy_price_rt": 9.0,
             "congestion_price_rt": 0.0, "marginal_loss_price_rt": 0.0}  # fmt: skip
    at = f"{local('PJM', 2).tz_convert('UTC'):%Y-%m-%dT%H:%M:%S}"
    items = [{**price, "datetime_beginning_utc": at, "pnode_id": k, "total_lmp_rt": float(k)}
             for k in (1, 2)]  # fmt: skip
    sites.broken["rt_fivemin"] = lambda _: json.dumps({"items": items, "totalRows": 2})
    with pytest.raises(FetchError, match=f"two nodes of one name, give its number.*{NODE}"):
        BY_NAME["pjm-rt-lmp"].fetch(local("PJM", 2).to_pydatetime(), tools.now, tools)


def test_tls_is_as_strict_after_a_call_of_gridstatus(tools):
    from urllib3.util.ssl_ import create_urllib3_context

    source: Source = BY_NAME["caiso-load"]
    source.fetch(local("CAISO", 1).to_pydatetime(), datetime.now(), tools)  # noqa: DTZ005
    weak = [c["name"] for c in create_urllib3_context().get_ciphers() if c["strength_bits"] < 128]
    assert not weak
