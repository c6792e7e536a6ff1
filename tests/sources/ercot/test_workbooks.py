"""Without an account: yearly workbooks and the site's last days, against the replaying server."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config
from rtlmp.schemas.core import Observations
from rtlmp.sources import registry
from rtlmp.sources.base.interface import observe
from rtlmp.sources.base.store import Posting
from rtlmp.sources.base.vintages import unsaid
from rtlmp.sources.base.web import FetchError, UnreadableError
from rtlmp.sources.ercot.parse import parse
from rtlmp.sources.ercot.texts import workbook_csv
from rtlmp.sources.ercot.workbooks import BOOKS
from rtlmp.sources.registry import SOURCES, fetch_month, not_without_account
from tests.helpers import live, workbooks
from tests.helpers.build import ROOT, settings, utc
from tests.helpers.replay import Server, hosts, serving

RECORDED = ROOT.parent / "shared/recorded/mis_annual_13060"
DAY = timedelta(days=1)
KEY = [Observations.series, Observations.location, Observations.valid_time]
PUBLISH, VALUE = Observations.publish_time, Observations.value
RULES = {  # a value's interval and when it was public, by hand; both clocks
    "np6-785-er": {"2026-10-30 14:45": "2026-10-30 15:02", "2026-11-03 15:00": "2026-11-03 15:17"},
    "np4-180-er": {"2026-10-31 05:00": "2026-10-30 18:51", "2026-11-03 06:00": "2026-11-02 19:51"},
    "native-load": {"2026-10-30 05:00": "2026-10-31 10:50", "2026-11-02 06:00": "2026-11-03 11:50"},
}
PAIRS = [("np6-785-er", "np6-905-cd"), ("np4-180-er", "np4-190-cd")]


def read(name: str, start: str, end: str, server: Server, store: Path) -> pd.DataFrame:
    source = next(s for s in SOURCES if s.name == name)
    tools = live.tools(server, store, archive=False)
    return observe(source, live.at(start), live.at(end), tools)


@contextmanager
def world(now: str) -> Iterator[tuple[Server, list[datetime]]]:
    """The server with workbooks from 25 October on, and its clock, which tests set."""
    clock = [live.at(now)]
    with serving(lambda: clock[0]) as server:
        server.since.append(live.at("2026-10-25T05:00"))
        yield server, clock


@pytest.mark.parametrize(("book", "report"), PAIRS)
def test_a_workbook_says_what_the_postings_said_through_the_clock_change(book, report, tmp_path):
    span = ("2026-11-01", "2026-11-04")
    with world("2026-11-05T16:00") as (server, clock):
        postings = read(report, *span, server, tmp_path / "then")
        clock[0] = live.at("2026-11-30T16:00")
        records = read(book, *span, server, tmp_path / "later")
    postings = postings[~postings[Observations.location].str.endswith("_EW")]
    both = postings.merge(records, on=KEY, suffixes=("", "_recorded"))
    assert len(both) >= len(postings) - 4 > 200  # a quarter of an hour may end either side
    assert (both[VALUE] == both[f"{VALUE}_recorded"]).all()
    assert (both[f"{PUBLISH}_recorded"] - both[PUBLISH]).abs().max() < pd.Timedelta("80min")


@pytest.mark.parametrize("name", RULES)
def test_a_value_is_public_when_the_report_had_it_and_no_hour_is_lost(name, tmp_path):
    with world("2026-12-10T16:00") as (server, _):
        months = [("2026-10-28", "2026-11-01"), ("2026-11-01", "2026-11-05")]
        rows = pd.concat([read(name, *span, server, tmp_path) for span in months])
    place = rows[Observations.location] == rows[Observations.location].iloc[0]
    of = rows[place].set_index(Observations.valid_time)[PUBLISH].sort_index()
    assert len(set(np.diff(of.index))) == 1
    for valid, public in RULES[name].items():
        assert of[utc(valid)] == utc(public)


def test_a_month_is_fetched_once_a_year_and_again_only_where_it_grew(tmp_path):
    listing, file = "reportTypeId=13061", "book-13061"
    with world("2026-11-24T16:00") as (server, clock):
        for _ in range(2):
            for month in ("2026-11-01", "2026-10-28"):
                rows = read("np6-785-er", month, f"{month[:8]}30", server, tmp_path)
        assert server.count(file) == 1
        assert len(rows)
        asked = server.count(listing)
        clock[0] += DAY  # no new version
        read("np6-785-er", "2026-11-01", "2026-11-25T15:56", server, tmp_path)
        assert (server.count(file), server.count(listing)) == (1, asked + 1)
        clock[0] = live.at("2026-11-29T16:00")
        grown = read("np6-785-er", "2026-11-01", "2026-11-29T15:56", server, tmp_path)
        assert server.count(file) == 2
        assert grown[PUBLISH].max() == utc("2026-11-29 06:02")
        asked = len(server.asked)
        for span in (("2026-10-28", "2026-11-01"), ("2026-11-01", "2026-11-29")):
            read("np6-785-er", *span, server, tmp_path)
        assert len(server.asked) == asked  # past months: from the store


def test_a_corrected_value_is_a_vintage_of_the_day_it_was_posted(tmp_path, monkeypatch):
    with world("2026-11-10T16:00") as (server, clock):
        before = read("np6-785-er", "2026-11-01", "2026-11-10", server, tmp_path)
        number = workbooks.number
        hour = live.at("2026-11-02T18:00")
        monkeypatch.setattr(
            workbooks, "number", lambda *key: 7.0 if key[-1] == hour else number(*key)
        )
        clock[0] += 7 * DAY
        after = read("np6-785-er", "2026-11-01", "2026-11-17", server, tmp_path)
    north = after[after[Observations.location] == "HB_NORTH"]
    of = north[north[Observations.valid_time] == hour]
    assert of[VALUE].iloc[-1] == 7.0
    assert [*of[PUBLISH]] == [utc("2026-11-02 18:17"), utc("2026-11-15 14:07:32")]
    known = after[after[PUBLISH] < utc("2026-11-08")].merge(before, on=[*KEY, PUBLISH, VALUE])
    assert len(known) == (before[PUBLISH] < utc("2026-11-08")).sum()


def test_postings_come_first_and_the_workbook_ends_where_they_begin(tmp_path, monkeypatch):
    class Clock(datetime):
        now = classmethod(lambda *_: live.at("2026-11-24T16:00"))

    monkeypatch.setattr(registry, "datetime", Clock)
    with world("2026-11-24T16:00") as (server, _):
        config = parse_config(settings(
            source="live", start="2026-11-01", target="rt_spp", nodes=["HB_NORTH"],
            live={"store": str(tmp_path), "archive": False, "hosts": hosts(server.url)},
        ))  # fmt: skip
        span = live.at("2026-11-01"), live.at("2026-11-24T15:56")
        made, _ = fetch_month(config, [SeriesName.RT_SPP], *span)
        [rows] = made.values()
        assert server.count("reportTypeId=12301") == server.count("reportTypeId=13061") == 1
        assert not server.count("/archive/")
    steps = rows[Observations.valid_time].sort_values().diff().dropna()
    assert steps.unique().tolist() == [pd.Timedelta("15min")]
    site = rows[PUBLISH].dt.second > 0  # postings have a second
    assert rows[site][PUBLISH].min() == utc("2026-11-17 22:00:20")
    assert rows[~site][PUBLISH].max() == utc("2026-11-17 21:47")


def test_what_was_not_fetched_in_time_is_a_hole_until_the_workbook_has_it(tmp_path):
    """A run stopped after its listing, the next one came when the site had dropped it all."""
    span = ("2026-11-01", "2026-11-05T15:56")
    with world("2026-11-05T16:00") as (server, clock):
        read("np6-905-cd", *span, server, tmp_path)
        for path in sorted((tmp_path / "np6-905-cd").rglob("*.zip"))[-96:]:
            path.unlink()
        clock[0] = live.at("2026-11-20T16:00")
        end = "2026-11-20T15:56"
        late = read("np6-905-cd", "2026-11-01", end, server, tmp_path)
        held = read("np6-785-er", "2026-11-01", end, server, tmp_path)
        assert read("np6-905-cd", "2026-11-01", end, server, tmp_path).equals(late)
        assert len({*server.asked}) > len(server.asked) - 3  # but for listings, nothing twice
        asked = len(server.asked)
        assert read("np6-905-cd", "2026-10-01", "2026-11-01", server, tmp_path).empty
        assert len(server.asked) == asked
    assert late[PUBLISH].sort_values().diff().max() > 8 * DAY
    whole = pd.concat([late, unsaid(held, late)])
    valid = whole[whole[Observations.location] == "HB_NORTH"][Observations.valid_time]
    assert valid.sort_values().diff().dropna().unique().tolist() == [pd.Timedelta("15min")]


def test_the_footer_goes_and_nothing_else():
    book = openpyxl.Workbook()
    sheet = book.active
    heads = ["Delivery Date", "Delivery Hour", "Delivery Interval", "Settlement Point Price"]
    for row in (heads, ["11/01/2026", 2.0, 1, 1234.5], ["11/02/2026", None, None, None]):
        sheet.append(row)
    book.create_sheet("Dec")
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(io.BytesIO(workbook_csv(made.getvalue(), "NP6-785"))) as file:
        assert file.namelist() == ["Sheet.csv"]
        assert file.read("Sheet.csv").decode().splitlines()[1:] == ["11/01/2026,2,1,1234.5"]
    sheet.append(["11/03/2026", None, None, 5.0])
    book.save(made := io.BytesIO())
    with pytest.raises(UnreadableError, match="sheet Sheet: 2 rows of 4 without an hour"):
        workbook_csv(made.getvalue(), "NP6-785")
    with pytest.raises(UnreadableError, match="no workbook but b'<html>"):
        workbook_csv(b"<html>moved</html>", "NP6-785")


def test_a_year_that_is_not_there_is_named(tmp_path):
    with world("2026-11-24T16:00") as (server, _), pytest.raises(FetchError) as caught:
        read("np6-785-er", "2024-03-01", "2024-04-01", server, tmp_path)
    assert "no workbook of 2024 among ['RTMLZHBSPP_2026']" in str(caught.value)


def test_what_has_no_past_without_an_account_is_said_once():
    config = parse_config(settings(source="live", start="2026-01-01", live={"archive": False}))
    said = not_without_account(config)
    texts = "rt_lmp (5 days)", "load_forecast (7 days)", "ERCOT_API_USERNAME", "archive: true"
    for text in texts:
        assert text in said
    for series in ("rt_spp", "dam_spp", " load (", "temperature_forecast"):
        assert series not in said
    assert not not_without_account(parse_config(settings(source="live", start="2026-01-01")))


@pytest.mark.skipif(not RECORDED.exists(), reason=f"no {RECORDED}")
def test_a_real_workbook_is_read_as_gridstatus_reads_it():
    gridstatus = pytest.importorskip("gridstatus")
    [path] = RECORDED.glob("*.xlsx")
    book = next(b for b in BOOKS if b.report.number == 13060)
    posting = Posting("1", live.at("2026-04-12"), path.name)
    rows = parse(book.report, [(posting, workbook_csv(path.read_bytes(), "DAM 2026"))])
    sheets = pd.read_excel(path, sheet_name=None).values()
    theirs = gridstatus.Ercot().parse_doc(pd.concat([of for of in sheets if len(of)]))
    theirs = theirs.sort_values(["Interval Start", "Settlement Point"])
    rows = rows.sort_values([Observations.valid_time, Observations.location])
    assert len(rows) == len(theirs) == 11160 + 10080 + 11145 + 3960
    assert [*rows[Observations.valid_time]] == [*theirs["Interval Start"].dt.tz_convert("UTC")]
    assert [*rows[VALUE]] == [*theirs["Settlement Point Price"]]
