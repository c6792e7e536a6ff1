"""One rule says what is old: the page, the file and the data report agree."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import STORED
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import Lost
from rtlmp.io.tables import write_table
from rtlmp.report.daily import DailyReport, daily_page, warnings
from rtlmp.report.page import render
from rtlmp.report.scorecard import skill_without
from rtlmp.schemas.core import Bounded, Flagged, Forecast, Freshness, Metrics, Observations
from rtlmp.sources.freshness import (
    UNKNOWN,
    age_limits,
    files_by_series,
    flag_silent,
    flag_stale,
    freshness,
    lately,
    newest_known,
)
from tests.helpers.build import archive_of_frames, five_minutes, hourly_targets, settings

DAY = date(2026, 10, 2)


def config_of(source: str):
    more = {"start": "2026-09-01"} if source == "live" else {"data_dir": "."}
    return parse_config(settings(source=source, nodes=["N"], thresholds=[50, 100], **more))


def issued(config, folder: Path, hours: int, source: str) -> DailyReport:
    """A forecast whose newest real-time price was published `hours` before."""
    at = pd.Timestamp(issue_time(config, DAY))
    start = (at - pd.Timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")
    raw = folder / "raw/rt_lmp/2026-10.parquet"
    write_table(Observations, five_minutes(start, [20.0] * 1000), raw)
    rows = pd.read_parquet(raw)
    known = rows[rows[Observations.publish_time] <= at - pd.Timedelta(hours=hours - 0.5)]
    write_table(Observations, known, raw)
    newest = newest_known(files_by_series([raw]), at)
    fresh = freshness(newest, at, age_limits("ERCOT", source))
    write_table(Freshness, fresh, folder / "freshness.parquet")
    flagged = flag_stale(forecast(config), [folder / "freshness.parquet"])
    card: Any = {"pool": ["N"], "date": DAY.isoformat(), "rows": 1}
    card |= dict.fromkeys(("trained_from", "trained_until", "failed"), "")
    until = [last for _, last in newest.values()]
    observed = pd.DataFrame({"N": [20.0]}, pd.DatetimeIndex([at.floor("h")]))
    return DailyReport(DAY, Forecast.validate(flagged), [], observed, [card], fresh, until)


def forecast(config):
    valid = pd.date_range(horizon_start(config, DAY), periods=72, freq="h", unit="us")
    one = pd.DataFrame({
        Bounded.issue_time: pd.Timestamp(issue_time(config, DAY)).as_unit("us"),
        Bounded.valid_time: valid, Bounded.lead_hour: np.arange(1, 73), Bounded.location: "N",
        Bounded.probability: 0.1, Bounded.model_date: DAY.isoformat(), Bounded.lower: 0.05,
        Bounded.upper: 0.2,
    })  # fmt: skip
    return Bounded.validate(
        pd.concat([one.assign(**{Bounded.threshold: x}) for x in (50.0, 100.0)]).reset_index(
            drop=True
        )
    )


def test_prices_thirty_hours_old_are_said_on_the_page_and_in_the_file(tmp_path):
    config = config_of("live")
    of = issued(config, tmp_path, 30, "live")
    assert set(of.forecast[Flagged.stale]) == {"rt_lmp"}
    render(daily_page(of, config), tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    assert "rt_lmp: nothing published for 30 hours before issue time" in html
    assert "made with old or missing data: rt_lmp" in html
    assert "No warnings" not in html


@pytest.mark.parametrize(
    ("source", "hours", "old"),
    [("live", 1, False), ("live", 3, True), ("files", 30, False), ("files", 40, True)],
)
def test_a_price_is_old_by_the_limit_of_its_source_or_after_a_day_and_a_half(
    tmp_path, source, hours, old
):
    config = config_of(source)
    of = issued(config, tmp_path, hours, source)
    assert list(of.freshness[Freshness.stale]) == [old]
    assert bool(warnings(of, config)) == old


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-10-02 14:00", ["no load forecast beyond today, Fri 02 Oct 10:00"]),
        ("2026-10-04 04:00", ["no load forecast beyond Sun 04 Oct 00:00"]),
        ("2026-10-06 04:00", []),
        (None, []),
    ],
)
def test_a_forecast_that_ends_before_the_hours_asked_is_said_in_words(tmp_path, until, said):
    """One that the run never had is no reason to distrust today more, but the page is not green."""
    config = config_of("files")
    of = issued(config, tmp_path, 1, "files")
    end = pd.Timestamp(until, tz="UTC")
    load = of.freshness.assign(**{Freshness.series: "load_forecast"})
    of = of._replace(freshness=load, until=[end])
    assert warnings(of, config) == said
    told = said or ["no load forecast at all"][: until is None]
    assert daily_page(of, config).warnings == told
    keys = {"location": "ALL", "lead_day": 0, "metric": "log_loss_skill", "low": 0.0, "high": 1.0}
    names = {"model": 0.25, "no_load": 0.125, "no_forecasts": 0.0}
    rows = [{**keys, "model": m, "threshold": 50.0, "value": v} for m, v in names.items()]
    write_table(Metrics, pd.DataFrame(rows), tmp_path / "metrics.parquet")
    denied = {"no_load": ["load_forecast"], "no_forecasts": ["load_forecast", "wind_forecast"]}
    of = of._replace(without=skill_without(tmp_path / "metrics.parquet", denied))
    assert skill_without(tmp_path / "none.parquet", denied) == {}
    skill = "; skill as of `no_load`: 0.12 instead of 0.25 > $50/MWh"
    assert daily_page(of, config).warnings == [text + skill for text in told]


def test_the_page_names_the_hours_to_hold_by_start_and_end(tmp_path):
    config = config_of("files")
    of = issued(config, tmp_path, 1, "files")
    [table] = daily_page(of, config).sections[0].tables
    hours = "00:00 (HE 01), 01:00 (HE 02), 02:00 (HE 03)"
    shown = [text.replace("\u00a0", " ") for text in table.rows[0]]
    assert shown == ["N", "Sat 03 Oct", hours, "10.0%", "5.0%", "20.0%"]


def test_a_series_that_files_never_held_is_not_old():
    never = dict.fromkeys(STORED, UNKNOWN)
    fresh = freshness(never, issue_time(config_of("files"), DAY), None)
    assert not fresh[Freshness.stale].any()


def test_a_node_without_a_recent_price_is_said_to_be_so_and_no_other():
    """Beside what is stale already; what is published later is not known."""
    rows = forecast(config_of("files"))
    at = rows[Bounded.issue_time].iloc[0]
    recent, old = (hourly_targets("N", start, 3, 0) for start in ("2026-09-30", "2026-08-01"))
    assert Flagged.stale not in flag_silent(rows, archive_of_frames([recent]))
    for prices, since in ((old, "2026-08-03"), (recent.assign(location="M"), "before 2026-09-30")):
        later = recent.assign(**{Observations.publish_time: at + pd.Timedelta("1h")})
        archive = archive_of_frames([prices, later[later[Observations.valid_time] > at]])
        said = flag_silent(rows.assign(**{Flagged.stale: "load"}), archive)[Flagged.stale]
        assert said.unique().tolist() == [f"no price at N since {since}, load"]


def test_a_silent_report_is_named_though_another_gives_its_series(tmp_path):
    at = pd.Timestamp(issue_time(config_of("live"), DAY))
    raw = tmp_path / "raw/wind/2026-10.parquet"
    rows = five_minutes("2026-10-01", [1.0, 2.0]).assign(**{Observations.series: "wind"})
    for place, hours in (("LZ_WEST", 1), ("COASTAL", 9)):
        row = rows.index == hours // 9
        rows.loc[row, Observations.location] = place
        rows.loc[row, Observations.publish_time] = at - pd.Timedelta(hours, "h")
    write_table(Observations, rows, raw)
    fresh, until, _ = lately([raw], [], at, config_of("live"))
    stale = fresh.set_index(Freshness.series)[Freshness.stale]
    assert stale.to_dict() == {"wind": False, "np4-732-cd": False, "np4-742-cd": True}
    assert len(until) == 3


def test_what_was_lost_lately_is_said_and_a_failed_source_is_stale(tmp_path):
    config = config_of("live")
    at = pd.Timestamp(issue_time(config, DAY))
    days = [("np6-345-cd", "", 0), ("np6-788-cd", "7", 1), ("np3-565-cd", "", 9)]
    lost = [(name, posting, at - pd.Timedelta(ago, "D"), "broken", False)
            for name, posting, ago in days]  # fmt: skip
    path = tmp_path / "lost/2026-10.parquet"
    write_table(Lost, pd.DataFrame(lost, columns=[*Lost.to_schema().columns]), path)
    fresh, until, lately_lost = lately([], [path], at, config)
    assert fresh[Freshness.series].tolist() == ["np6-345-cd"]
    of = issued(config, tmp_path, 1, "live")
    of = of._replace(freshness=fresh, until=until, lost=lately_lost)
    assert warnings(of, config) == [
        "left out of np6-345-cd: broken", "left out of np6-788-cd 7: broken"
    ]  # fmt: skip


def test_another_kind_of_a_series_that_is_there_is_not_missed(tmp_path):
    config = config_of("files")
    of = issued(config, tmp_path, 1, "files")
    kinds = ["wind_forecast", "wind_forecast_cop_hsl", "solar_forecast_cop_hsl"]
    both = pd.concat([of.freshness.head(1)] * 3).assign(**{Freshness.series: kinds})
    far = pd.Timestamp("2030-01-01", tz="UTC")
    of = of._replace(freshness=both, until=[far, pd.NaT, pd.NaT])
    assert daily_page(of, config).warnings[-1:] == ["no solar forecast cop hsl at all"]
    actual = both.head(1).assign(**{Freshness.series: "wind"})  # is no kind of its forecast
    of = of._replace(freshness=pd.concat([actual, both]), until=[far] + [pd.NaT] * 3)
    gone = "no wind forecast, solar forecast cop hsl at all"
    assert daily_page(of, config).warnings[-1:] == [gone]
