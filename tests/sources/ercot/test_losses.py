"""ERCOT's own columns, and what is not under them: named, left out, and asked for again."""

import io
import re
import zipfile

import pandas as pd
import pytest

from rtlmp.schemas.core import Observations
from rtlmp.sources.base.store import Loss, Posting
from rtlmp.sources.ercot.parse import ReportError, parse
from rtlmp.sources.ercot.postings import report_source
from rtlmp.sources.ercot.reports import REPORTS
from tests.helpers import live, replay
from tests.helpers.ercot_headers import SCHEMA, schema_headers, stored_headers
from tests.helpers.ercot_world import BY_EMIL, HEADERS, TEXTS
from tests.helpers.replay import serving

AT = live.at("2026-10-04T12:00:20")
NOW = live.at("2026-10-04T15:00")
EMILS = [report.emil for report in REPORTS]
HOURS = {"HourEnding", "HOUR_ENDING", "Hour Ending", "DeliveryHour"}
CLOCKS = {"Date", "DeliveryDate", "DELIVERY_DATE", "Delivery Date", "OperDay"} | HOURS
CLOCKS |= {"SCEDTimestamp", "SCEDTimeStamp"}
FLAGS = {"DSTFlag", "RepeatedHourFlag"}
OTHERS = FLAGS | {"DeliveryInterval"}


def parsed(emil: str, lines: list[str], lost: list[Loss] | None = None) -> pd.DataFrame:
    body = replay.zipped(f"{BY_EMIL[emil].member}.csv", "\n".join(lines).encode())
    return parse(BY_EMIL[emil], [(Posting("7", AT, ""), body)], frozenset(), lost)


def lines_of(emil: str) -> list[str]:
    return TEXTS[emil](AT).split("\n")


def changed(emil: str, column: str, value: str) -> list[str]:
    """The world's posting with another text in the first row's `column`."""
    head, first, *rest = lines_of(emil)
    cells = first.split(",")
    cells[HEADERS[emil].index(column)] = value
    return [head, ",".join(cells), *rest]


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"no {SCHEMA}")
def test_headers_are_those_of_ercots_schema():
    stored = stored_headers()
    schema = schema_headers()
    assert len(schema) == 15
    assert {emil: stored[emil] for emil in schema} == schema
    assert {*stored} == {*EMILS}


def test_gridstatus_reads_the_reports_that_the_schema_lacks():
    ercot = pytest.importorskip("gridstatus").Ercot()
    frames = {e: pd.read_csv(io.StringIO(TEXTS[e](AT))) for e in EMILS}
    prices = ercot._handle_mcpc_real_time_15_min(frames["np6-331-cd"])
    assert len(prices) == 5
    one = frames["np6-328-cd"].assign(**{"Publish Time": AT})
    assert len(ercot._handle_as_total_capability(one)) == 1
    sun = ercot.parse_doc(frames["np4-745-cd"])
    sun.columns = sun.columns.str.replace("_", " ")
    sun = ercot._rename_hourly_wind_or_solar_report(sun)
    constants = pytest.importorskip("gridstatus.ercot_constants")
    wanted = {*constants.SOLAR_ACTUAL_AND_FORECAST_BY_GEOGRAPHICAL_REGION_COLUMNS}
    assert wanted - {"Publish Time"} <= {*sun.columns}


@pytest.mark.parametrize("emil", EMILS)
def test_every_series_of_a_report_is_read_from_ercots_own_columns(emil):
    rows = parsed(emil, lines_of(emil))
    assert {*rows[Observations.series]} == {*report_source(BY_EMIL[emil]).series}


@pytest.mark.parametrize("emil", EMILS)
def test_a_time_under_an_unknown_name_is_named_with_report_posting_and_columns(emil):
    head, *rows = lines_of(emil)
    for column in CLOCKS & {*HEADERS[emil]}:
        with pytest.raises(ReportError) as caught:
            parsed(emil, [head.replace(column, "Moment", 1), *rows])
        for text in (f"{emil} ", "posting 7 of 2026-10-04 07:00:20", "['time", "'MOMENT'"):
            assert text in str(caught.value)


@pytest.mark.parametrize("emil", EMILS)
def test_a_row_whose_time_is_none_is_named_and_the_rest_is_kept(emil):
    head, _, *rest = lines_of(emil)
    want = parsed(emil, [head, *rest], [])
    for column in (CLOCKS | HOURS | OTHERS) & {*HEADERS[emil]}:
        hours = ["0", "25", "26", "-1", "1:30"] if column in HOURS else []
        for bad in ["", "N/A", column, *hours]:
            lost: list[Loss] = []
            rows = parsed(emil, changed(emil, column, bad), lost)
            if bad or column not in FLAGS:  # which may be empty, ERCOT's schema says
                (loss,) = lost
                assert loss[:3] == (emil, "7", AT)
                assert loss.why.startswith("row 2: ")
                assert loss.why.endswith(repr(bad))
                pd.testing.assert_frame_equal(rows, want)


@pytest.mark.parametrize("emil", EMILS)
def test_rows_that_are_none_are_named_and_the_rest_is_kept(emil):
    head, first, *rest = lines_of(emil)
    want, lost = parsed(emil, lines_of(emil)), []
    pd.testing.assert_frame_equal(parsed(emil, [head, "", first, *rest, "", ""]), want)
    rows = parsed(emil, [head, first, head, *rest, "Total rows: 3", f"{first},more"], lost)
    pd.testing.assert_frame_equal(rows, want)
    named = "; ".join(loss.why for loss in lost)
    wide, end = len(HEADERS[emil]), len(rest) + 4
    for text in ("row 3: ", f"row {end}: 1 cells under {wide}", f"row {end + 1}: {wide + 1} cells"):
        assert text in named


@pytest.mark.parametrize("emil", EMILS)
def test_a_file_without_a_row_is_named(emil):
    """But of constraints, of which none may bind."""
    for lines, told in (([""], True), ([lines_of(emil)[0], ""], not BY_EMIL[emil].sparse)):
        lost: list[Loss] = []
        assert parsed(emil, lines, lost).empty
        assert ["without a row" in of.why for of in lost] == [True] * told


def broken(body: bytes) -> bytes:
    """Its directory disagrees with its data."""
    made = bytearray(body)
    at = made.rindex(b"PK\x01\x02")
    made[at + 16 : at + 20] = b"\1\2\3\4"
    return bytes(made)


def as_text(_: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("readme.txt", "no data today")
    return made.getvalue()


def empty(_: bytes) -> bytes:
    return b""


@pytest.fixture
def server():
    with serving(lambda: NOW) as running:
        yield running


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("fault", [broken, as_text, empty])
@pytest.mark.parametrize("day", ["2026-10-04", "2026-08-01"], ids=["site", "lot"])
def test_a_posting_bad_for_good_is_left_out_said_and_heals(
    server, tmp_path, monkeypatch, caplog, fault, day
):
    good = replay.zipped

    def one_bad(name, body):
        return fault(good(name, body)) if b" 07:10:12" in body else good(name, body)

    span = (f"{day}T12:00", f"{day}T13:00")
    want = live.read("np6-788-cd", *span, live.tools(server, tmp_path / "good", slept=[]))
    monkeypatch.setattr(replay, "zipped", one_bad)
    for gaps in ([], [], [f"np6-788-cd {day}"]):
        tools = live.tools(server, tmp_path / "bad", slept=[], gaps=gaps)
        assert len(live.read("np6-788-cd", *span, tools)) == len(want) - 3
        (loss,) = tools.lost
        assert (loss.report, loss.accepted) == ("np6-788-cd", bool(gaps))
        assert f"np6-788-cd LMP of each SCED run, posting {loss.posting}" in caplog.text
    monkeypatch.setattr(replay, "zipped", good)
    tools = live.tools(server, tmp_path / "bad", slept=[])
    assert live.read("np6-788-cd", *span, tools).equals(want)
    assert tools.lost == []


@pytest.mark.usefixtures("secrets")
def test_a_lot_that_lacks_one_keeps_the_others(server, tmp_path, monkeypatch):
    span = ("2026-08-01T12:00", "2026-08-01T13:00")
    whole, third = replay.bulk, replay.posting_id("np6-788-cd", live.at("2026-08-01T12:10:20"))

    def lacking(of, ids):
        return whole(of, [i for i in ids if i != third])

    monkeypatch.setattr(replay, "bulk", lacking)
    tools = live.tools(server, tmp_path, slept=[])
    assert len(live.read("np6-788-cd", *span, tools)) == 11 * 3
    assert "not in the lot" in tools.lost[0].why


def test_a_recent_day_of_bad_postings_is_lost_until_it_is_accepted(server, tmp_path, monkeypatch):
    good = replay.zipped
    monkeypatch.setattr(
        replay, "zipped", lambda n, b: broken(good(n, b)) if b"10/03/2026" in b else good(n, b)
    )
    span = ("2026-10-02T00:00", "2026-10-04T14:00")
    tools = live.tools(server, tmp_path, slept=[])
    live.read("np4-190-cd", *span, tools)
    said = [loss.why for loss in tools.lost if not loss.posting]
    assert re.match(r"np4-190-cd 2026-10-02: 0 of 1 .*posting .*broken", *said)
    tools = live.tools(server, tmp_path, slept=[], gaps=["np4-190-cd 2026-10-02"])
    assert len(live.read("np4-190-cd", *span, tools)) == 24 * 3
    assert [loss.accepted for loss in tools.lost] == [True]


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("spans", [((20, 21), (10, 11), (10, 21)), ((10, 11), (20, 21), (10, 21))])
def test_a_listing_has_no_hole_between_two_spans(server, tmp_path, spans):
    tools = live.tools(server, tmp_path, slept=[])
    for first, last in spans:
        rows = live.read("np3-565-cd", f"2026-08-{first}T00:00", f"2026-08-{last}T00:00", tools)
    assert rows[Observations.publish_time].nunique() == 11 * 24
