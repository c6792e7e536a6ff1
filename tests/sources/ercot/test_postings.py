"""ERCOT by way of the server: every hour of clock changes, and the truth at a point in time."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.view import known_frame
from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import Source, observe
from rtlmp.sources.ercot.reports import REPORTS
from rtlmp.sources.registry import SOURCES
from tests.helpers import live
from tests.helpers.build import archive_of_frames, utc
from tests.helpers.ercot_world import BY_EMIL, TEXTS, local_day, number, postings, week
from tests.helpers.replay import serving

VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value
AUTUMN, SPRING = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)
HOURLY = [r.emil for r in REPORTS if r.per_day <= 24]


def around(change: datetime, emil: str, store: Path) -> pd.DataFrame:
    """What `emil` posted from two days before a clock change to two after, by way of the server."""
    start, end = change, change + timedelta(days=3)
    with serving(lambda: end + timedelta(days=1)) as server:
        return observe(source(emil), start, end, live.tools(server, store))


def source(emil: str) -> Source:
    return next(s for s in SOURCES if s.name == emil)


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("change", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("emil", [r.emil for r in REPORTS])
def test_every_report_keeps_every_hour_of_a_clock_change(emil, change, tmp_path):
    rows = around(change, emil, tmp_path)
    Observations.validate(rows)
    posted = list(postings(emil, change, change + timedelta(days=3)))
    assert set(rows[PUBLISH]) <= {pd.Timestamp(at) for at in posted}
    assert rows[PUBLISH].nunique() > 0.9 * len(posted)  # repetitions are no vintages
    steps = rows.groupby([Observations.series, Observations.location])[VALID].unique()
    for valid in steps:
        apart = pd.Series(np.sort(valid)).diff().dropna()
        assert apart.nunique() == 1, (emil, apart.value_counts())


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("emil", ["np4-742-cd", "np3-565-cd", "np6-345-cd", "np4-190-cd"])
def test_what_is_known_equals_a_brute_force_reader_of_the_postings(emil, tmp_path):
    rows = around(AUTUMN, emil, tmp_path)
    held = archive_of_frames([Observations.validate(rows)])
    hours = pd.date_range(utc("2026-10-30"), utc("2026-11-08"), freq="h", unit="us")
    want = {
        "np4-742-cd": (SeriesName.WIND_FORECAST, "COASTAL", "STWPF_COASTAL"),
        "np3-565-cd": (SeriesName.LOAD_FORECAST, "FWEST", "FarWest"),
        "np6-345-cd": (SeriesName.LOAD, "ERCOT", "TOTAL"),
        "np4-190-cd": (SeriesName.DAM_SPP, "HB_WEST", "HB_WEST"),
    }[emil]
    for at in pd.date_range(utc("2026-11-01 04:07"), utc("2026-11-03 22:00"), freq="5h37min"):
        found = known_frame(held[want[0]], at, hours)
        brute = brute_force(tmp_path / emil, want[2], at.to_pydatetime())
        series = found[want[1]] if want[1] in found else pd.Series(np.nan, hours)
        assert dict(series.dropna().items()) == brute, at


def brute_force(store: Path, column: str, at: datetime) -> dict[pd.Timestamp, float]:
    """Latest value of each hour in the raw postings out `at`: no code of the package."""
    latest: dict[pd.Timestamp, float] = {}
    files = {int(p.stem[-10:]): p for p in store.rglob("*.zip")}
    for second in sorted(s for s in files if s <= at.timestamp()):
        with zipfile.ZipFile(files[second]) as file:
            (name,) = file.namelist()
            for row in csv.DictReader(io.StringIO(file.read(name).decode())):
                if row.get("InUseFlag") == "N" or row.get("SettlementPoint", column) != column:
                    continue
                text = row.get(column) or row.get("SettlementPointPrice", "")
                day = row.get("DELIVERY_DATE") or row.get("DeliveryDate") or row["OperDay"]
                hour = int((row.get("HOUR_ENDING") or row["HourEnding"]).split(":")[0])
                local = datetime.strptime(day, "%m/%d/%Y") + timedelta(hours=hour - 1)  # noqa: DTZ007
                zone = ZoneInfo("America/Chicago")
                zoned = local.replace(tzinfo=zone, fold=int(row["DSTFlag"] == "Y"))
                if text:
                    latest[pd.Timestamp(zoned.astimezone(UTC))] = float(text)
    return latest


def test_the_world_is_as_long_as_its_days():
    assert len(local_day(AUTUMN + timedelta(hours=12), 0)) == 25
    assert len(local_day(SPRING + timedelta(hours=12), 0)) == 23
    assert len(week(AUTUMN)) == 99
    assert number("a") == number("a")
    assert {*TEXTS} == {*BY_EMIL}
