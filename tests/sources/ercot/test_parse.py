"""ERCOT's own bytes: every recorded response, hour for hour, and as gridstatus reads them."""

import io
import json
import zipfile
from datetime import datetime

import pandas as pd
import pytest

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.store import Posting
from rtlmp.sources.ercot.client import site_postings
from rtlmp.sources.ercot.parse import parse
from rtlmp.sources.ercot.times import published
from tests.helpers.build import ROOT, utc
from tests.helpers.ercot_world import BY_EMIL, clock, text
from tests.helpers.replay import zipped

RECORDED = ROOT.parent / "shared/recorded"
PIT = RECORDED / "ercot_pit_lake"
needs_recorded = pytest.mark.skipif(not RECORDED.exists(), reason=f"no {RECORDED}")
VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value
pytestmark = needs_recorded

# report: rows, and one value by hand: series, location, UTC start of interval
ARCHIVE = {
    "np6-788-cd": (20, SeriesName.RT_LMP, "LZ_WEST", "2026-09-29 16:25:17", 15.11),
    "np6-905-cd": (28, SeriesName.RT_SPP, "LZ_WEST_EW", "2026-09-29 16:00", 20.12),
    "np4-190-cd": (40, SeriesName.DAM_SPP, "LZ_WEST", "2026-09-29 06:00", 23.03),
    "np3-565-cd": (162, SeriesName.LOAD_FORECAST, "ERCOT", "2026-09-29 05:00", 61659.8796),
    "np4-732-cd": (24, SeriesName.WIND_FORECAST, "LZ_SOUTH_HOUSTON", "2026-09-27 15:00", 398.4),
    "np4-737-cd": (6, SeriesName.SOLAR, "ERCOT", "2026-09-27 16:00", 29769.73),
    "np6-322-cd": (1, SeriesName.SYSTEM_LAMBDA, "ERCOT", "2026-09-29 16:25:17", 23.88898),
    "np6-345-cd": (18, SeriesName.LOAD, "NCENT", "2026-09-28 06:00", 15796.55),
    "np6-331-cd": (5, SeriesName.RT_AS_REGDN, "ERCOT", "2026-09-29 16:00", 1.51),
}


def recorded(emil: str) -> tuple[pd.DataFrame, datetime]:
    """Parsed, and when the manifest says it was posted."""
    at = datetime.fromisoformat(json.loads((PIT / "manifest.json").read_text())[emil]["posted_at"])
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        file.write(PIT / f"archive/{emil}.csv", f"{emil}.csv")
    return parse(BY_EMIL[emil], [(Posting("1", at, emil), body.getvalue())]), at


def value(rows: pd.DataFrame, series: SeriesName, location: str, valid: str) -> float:
    key = (rows[Observations.series] == series) & (rows[Observations.location] == location)
    (found,) = rows.loc[key & (rows[VALID] == utc(valid)), VALUE]
    return found


@pytest.mark.parametrize("emil", ARCHIVE)
def test_an_archived_posting_is_read_whole_with_its_posting_time(emil):
    count, *key, want = ARCHIVE[emil]
    rows, at = recorded(emil)
    Observations.validate(rows)
    assert len(rows) == count
    assert (rows[PUBLISH] == at).all()
    assert value(rows, *key) == want


def test_models_of_the_load_forecast_are_kept_apart_from_the_one_in_use():
    rows, _ = recorded("np3-565-cd")
    models = rows[rows[Observations.series] == SeriesName.LOAD_FORECAST_MODEL]
    assert len(models) == 2 * 8 * 9  # hours, models, zones
    assert value(rows, SeriesName.LOAD_FORECAST_MODEL, "ERCOT/E1", "2026-09-29 06:00") == 59263.0389
    assert value(rows, SeriesName.LOAD_FORECAST_MODEL, "ERCOT/X", "2026-09-29 06:00") == 58542.3791


def test_the_sites_listing_gives_csv_postings_in_utc():
    (path,) = (RECORDED / "mis_doclist").glob("*.json")
    listed = site_postings(path.read_bytes())
    assert [p.id for p in listed] == ["1282050068", "1281661396"]
    assert listed[0].published.isoformat() == "2026-10-03T17:32:39+00:00"


def test_25_hours_of_the_autumn_change_follow_each_other():
    (path,) = (RECORDED / "gridstatus_vcr_np3-911-er").glob("*dst*.zip")
    (index,) = (RECORDED / "gridstatus_vcr_np3-911-er").glob("*dst*.0.json")
    (found,) = json.loads(index.read_text())["archives"]
    posting = Posting(str(found["docId"]), published(found["postDatetime"], ""), "")
    rows = parse(BY_EMIL["np3-911-er"], [(posting, path.read_bytes())])
    assert posting.published.isoformat() == "2024-11-05T09:16:10+00:00"
    for _, of in rows.groupby(Observations.location):
        hours = pd.date_range(utc("2024-11-03 05:00"), periods=25, freq="h", unit="us")
        assert list(of[VALID]) == list(hours)
    assert value(rows, SeriesName.DAM_AS_CLEARED, "RRSPFR", "2024-11-04 05:00") == 1400.6
    assert rows[Observations.location].nunique() == 8


def test_the_spring_change_of_the_yearly_workbook_skips_an_hour():
    (path,) = (RECORDED / "mis_annual_13060").glob("*.xlsx")
    sheet = pd.read_excel(path, sheet_name="Mar", dtype=str)
    rows = parse(
        BY_EMIL["np4-190-cd"]._replace(emil="np4-180-er"),
        [(Posting("1", datetime.fromisoformat("2026-04-01T12:00+00:00"), ""), as_zip(sheet))],
        frozenset({"HB_NORTH"}),
    )
    hours = pd.date_range(utc("2026-03-01 06:00"), utc("2026-04-01 04:00"), freq="h", unit="us")
    assert list(rows[VALID]) == list(hours)


def as_zip(sheet: pd.DataFrame) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        file.writestr("sheet.csv", sheet.to_csv(index=False))
    return body.getvalue()


@pytest.mark.parametrize(
    ("emil", "column", "series", "location"),
    [
        ("np4-732-cd", "STWPF SYSTEM WIDE", SeriesName.WIND_FORECAST, "ERCOT"),
        ("np4-737-cd", "GEN SYSTEM WIDE", SeriesName.SOLAR, "ERCOT"),
        ("np6-345-cd", "COAST", SeriesName.LOAD, "COAST"),
    ],
)
def test_gridstatus_reads_the_same_hours_and_values(emil, column, series, location):
    gridstatus = pytest.importorskip("gridstatus")
    ercot = gridstatus.Ercot()
    theirs = ercot.parse_doc(pd.read_csv(PIT / f"archive/{emil}.csv"))
    theirs.columns = theirs.columns.str.replace("_", " ")
    theirs = theirs.rename(columns={"SYSTEM WIDE GEN": "GEN SYSTEM WIDE"})
    rows, _ = recorded(emil)
    key = (rows[Observations.series] == series) & (rows[Observations.location] == location)
    ours = rows[key].sort_values(VALID)
    assert list(ours[VALID]) == list(theirs["Interval Start"].dt.tz_convert("UTC"))
    assert list(ours[VALUE]) == list(theirs[column])


def test_constraints_are_kept_whatever_locations_are_wanted():
    at, emil = utc("2026-09-29 17:05"), "np6-86-cd"
    made = {**clock(utc("2026-09-29 16:25:17"))}
    binding = [("6437__F", "SCOLPOM8", 12.5), ("PNHNDL", "BASE CASE", 0.5)]
    heads = ("ConstraintName", "ContingencyName", "ShadowPrice")
    body = text(emil, [({**made, **dict(zip(heads, of, strict=True))}, (of,)) for of in binding])
    rows = parse(BY_EMIL[emil], [(Posting("1", at, emil), zipped("a.csv", body.encode()))], {"N"})
    assert len(rows) == 2
    when = "2026-09-29 16:25:17"
    assert value(rows, SeriesName.SHADOW_PRICE, "6437__F/SCOLPOM8", when) == 12.5
    assert value(rows, SeriesName.SHADOW_PRICE, "PNHNDL/BASE CASE", when) == 0.5
    assert (rows[PUBLISH] == at).all()
