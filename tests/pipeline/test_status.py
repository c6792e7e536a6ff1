"""Where a run stands, from files alone: made up here, read as `snakemake status` does."""

from datetime import timedelta

import pytest

from rtlmp.clock import gate_closure, issue_time
from rtlmp.io.tables import write_table
from rtlmp.models.store import Trained, save_model
from rtlmp.pipeline.status import prometheus, status, status_table
from rtlmp.report.record import enter
from rtlmp.schemas.core import Bounded, Observations
from rtlmp.sources.base.store import Posting, lost_path
from rtlmp.sources.freshness import flag_late, flag_stale
from tests.helpers.build import five_minutes, hourly_targets
from tests.sources.test_freshness import DAY, config_of, forecast, issued

CONFIG = config_of("live")
AT, CLOSES = issue_time(CONFIG, DAY), gate_closure(CONFIG, DAY)
NONE = dict.fromkeys(("earlier", "cards", "hourly", "raw"), ())


def found_in(root, now=AT, config=CONFIG, **daily):
    return status(root, DAY, {**NONE, **daily}, root / "store", config, now)


@pytest.fixture
def prices(tmp_path):
    """Real-time prices up to six minutes before the issue time, and where they lie."""
    path = tmp_path / "raw/rt_lmp/2026-10.parquet"
    write_table(Observations, five_minutes("2026-10-02 00:00", [20.0] * 179), path)
    hourly = tmp_path / "hourly/2026-09.parquet"
    write_table(Observations, hourly_targets(["N"], "2026-09-20", 13, 1), hourly)
    return {"raw": [str(path), "never.parquet"], "hourly": [str(hourly)]}


def test_an_empty_run_has_failed_and_says_so(tmp_path):
    found = found_in(tmp_path, AT)
    assert (found["verdict"], found["verdict_code"]) == ("failed", 1)
    assert found["why"] == ["no forecast of 2026-10-02"]
    assert "no raw data" in status_table(found)


def test_a_series_has_its_age_its_limit_and_its_reach(tmp_path, prices):
    [row] = found_in(tmp_path, AT, **prices)["series"]
    assert row["series"] == "rt_lmp"
    assert row["newest"] == "2026-10-02T14:51:12+00:00"
    assert (row["age"], row["stale"]) == (0.15, False)
    assert row["allowed"] is not None
    assert (row["reach"], row["asked"]) == (-0.08, None)
    later = found_in(tmp_path, AT + timedelta(hours=5), **prices)
    assert later["series"][0]["stale"]


@pytest.mark.parametrize(
    ("minutes", "hours", "verdict"), [(-1, 1, "good"), (-1, 30, "degraded"), (1, 30, "late")]
)
def test_the_verdict_is_what_file_and_page_say(tmp_path, prices, minutes, hours, verdict):
    issued(CONFIG, tmp_path / "freshness", hours, "live")
    rows = flag_stale(forecast(CONFIG), [tmp_path / "freshness/freshness.parquet"])
    now = CLOSES + timedelta(minutes=minutes)
    rows = flag_late(rows, CLOSES, tmp_path / "forecast/made.json", now)
    write_table(Bounded, rows, tmp_path / f"issued/{DAY}.parquet")
    found = found_in(tmp_path, now, **prices)
    assert found["verdict"] == verdict
    assert ("late" in " ".join(found["why"])) == (verdict == "late")
    assert ("rt_lmp" in " ".join(found["why"])) == (hours > 1)


def test_minutes_to_gate_closure_count_to_the_next_one(tmp_path):
    for hours, minutes in ((0.5, 30), (-1, 23 * 60)):
        now = CLOSES - timedelta(hours=hours)
        assert found_in(tmp_path, now)["minutes_to_gate_closure"] == minutes


def test_the_newest_model_of_each_pool_counts(tmp_path):
    for pool, day in (
        ("a", "2026-09-28"),
        ("a", "2026-10-01"),
        ("a", "2026-10-03"),
        ("b", "2026-09-30"),
    ):
        card = tmp_path / f"model/{pool}/{day}/card.json"
        card.parent.mkdir(parents=True)
        card.touch()
    models = found_in(tmp_path, AT)["models"]
    assert [(m["pool"], m["date"], m["age"]) for m in models] == [
        ("a", "2026-10-01", 1),
        ("b", "2026-09-30", 2),
    ]


def test_a_posting_set_aside_is_named(tmp_path):
    posting = Posting("1", AT, "name")
    aside = lost_path(tmp_path / "store/np6-788-cd/2026-10", posting)
    aside.parent.mkdir(parents=True)
    aside.touch()
    assert found_in(tmp_path, AT)["quarantined"] == [f"np6-788-cd/2026-10/{AT:%d}/1.lost"]


def test_skill_is_that_of_forecasts_as_they_were_issued(tmp_path, prices):
    """All prices stay under $1,000: .1 is worse than what climatology has learnt by then."""
    early = DAY - timedelta(days=4)
    shift = timedelta(days=4)
    rows = forecast(CONFIG)
    rows = rows.assign(
        issue_time=rows["issue_time"] - shift,
        valid_time=rows["valid_time"] - shift,
        threshold=rows["threshold"].replace({50.0: 1e6, 100.0: 2e6}),
    )
    path = tmp_path / f"issued/{early}.parquet"
    write_table(Bounded, rows, path)
    enter(path, dict.fromkeys(("features", "boosters", "cards"), ()), tmp_path / "record", "run")
    config = {**CONFIG, "thresholds": [1e6, 2e6]}
    found = found_in(tmp_path, AT, config, **prices)
    skill = found["skill"]
    assert found["skill_days"] == 1
    assert [*skill] == ["1e+06", "2e+06"]
    assert all(value < 0 for value in skill.values())


def test_metrics_are_in_the_format_of_prometheus(tmp_path, prices):
    text = prometheus(found_in(tmp_path, AT, **prices))
    for line in text.splitlines():
        assert line.startswith(("# HELP rtlmp_", "# TYPE rtlmp_", "rtlmp_"))
    assert 'rtlmp_series_age{run="live",series="rt_lmp"} 0.15' in text
    assert 'rtlmp_verdict{run="live"} 1' in text


def test_drift_beyond_its_limits_is_in_why_the_verdict_and_prometheus(tmp_path, prices):
    """A model whose features have moved; forecasts of .1 where every hour is above."""
    config = {**CONFIG, "thresholds": [1.0, 2.0]}
    for days in (4, 3, 0):
        shift = timedelta(days=days)
        rows = forecast(CONFIG).assign(probability=0.1)
        for time in ("issue_time", "valid_time"):
            rows[time] -= shift
        rows["threshold"] = rows["threshold"].replace({50.0: 1.0, 100.0: 2.0})
        path = tmp_path / f"issued/{DAY - shift}.parquet"
        write_table(Bounded, rows, path)
        enter(path, dict.fromkeys(("features", "boosters", "cards"), ()), tmp_path / "record", "r")
    card = {"pool": ["N"], "date": f"{DAY}", "rows": 1, "failed": "", "members": []}
    card |= {"drift": {"index": [0.1, 0.61, 4.0]}, "trained_from": "", "trained_until": ""}
    save_model(Trained([], card), [], tmp_path / "card.json")
    daily = {**prices, "cards": [str(tmp_path / "card.json")]}
    found = found_in(tmp_path, AT, config, **daily)
    assert found["verdict"] == "degraded"
    assert found["drift"]["psi"] == 0.61
    assert found["drift"]["cusum"] > 3
    assert "drift: psi is 0.61, allowed 0.5" in found["why"]
    assert any(why.startswith("drift: cusum is ") for why in found["why"])
    assert 'rtlmp_drift{run="live",of="psi"} 0.61' in prometheus(found)
    assert "drift: {'psi': 0.61" in status_table(found)
    off = {**config, "drift": {"psi": None, "cusum": None}}
    assert "drift" not in " ".join(found_in(tmp_path, AT, off, **daily)["why"])
