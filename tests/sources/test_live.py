"""`source: live` through Snakemake, against the replaying server: what is asked, and what comes."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import instant
from rtlmp.config import parse_config
from rtlmp.evaluation.tables import Covered, Lost
from rtlmp.io.tables import read_table, write_table
from rtlmp.report.data import coverage_by_day, data_page
from rtlmp.report.figures.forecast import forecast_figure
from rtlmp.report.page import Table, render
from rtlmp.schemas.core import Flagged, Forecast, Freshness, Observations
from rtlmp.sources.files.coverage import coverage
from rtlmp.sources.freshness import UNKNOWN, age_limits, freshness, newest_known
from tests.helpers import live, repo
from tests.helpers.build import ROOT, five_minutes, settings, utc
from tests.helpers.replay import Server, hosts, reply, serving

TZ = MARKETS["ERCOT"].tz
DAY = timedelta(days=1)
SERIES = ["rt_lmp", "dam_spp", "load", "load_forecast", "wind", "wind_forecast", "weather_wind"]
REPORTS = ["np6-788-cd", "np4-190-cd", "np6-345-cd", "np3-565-cd", "np4-732-cd", "np4-742-cd"]
LOST = [*Lost.to_schema().columns]
DOCUMENTS, LISTINGS = "mirDownload", "IceDocList"


class Run(NamedTuple):
    folder: Path
    server: Server
    first: Any  # dates of three runs
    second: Any
    third: Any


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder, today = tmp_path_factory.mktemp("live"), datetime.now(UTC).date()
    with serving() as server:
        made = Run(folder, server, today - 3 * DAY, today - 2 * DAY, today - DAY)
        server.silent["np3-565-cd"] = instant(made.second, "18:00", TZ)  # no load forecasts since
        yield made


def snakemake(
    run: Run,
    day: Any,
    *targets: str,
    env: dict[str, str] = live.SECRETS,
    ok: bool = True,
    **change: Any,
) -> str:
    """Snakemake's report of a run for issue date `day`."""
    model = {"rounds": 5, "grid": [50, 100, 500], "threads": 1}
    config = settings(
        run="live", source="live", nodes=["HB_NORTH"], thresholds=[100], history_days=14,
        start=run.first - 17 * DAY, date=day, model=model,
        live={"store": "data", "fetch": SERIES, "hosts": hosts(run.server.url), **change},
    )  # fmt: skip
    path = run.folder / "config.yaml"
    path.write_text(yaml.safe_dump(config))
    words = [*(targets or ["forecast"]), "--directory", str(run.folder)]
    return repo.snakemake(ROOT, path, *words, ok=ok, env={**env, "OMP_NUM_THREADS": "1"})


def forecast(run: Run, day: Any) -> pd.DataFrame:
    return read_table(Forecast, run.folder / f"results/live/forecast/HB_NORTH/100/{day}.parquet")


@pytest.mark.integration
def test_from_nothing_to_72_probabilities_then_one_day_more(run):
    """Requests are counted: all history once, nothing again, then the postings of one day."""
    snakemake(run, run.first)
    assert len(forecast(run, run.first)) == 72
    asked = len(run.server.asked)

    assert "Nothing to be done" in snakemake(run, run.first)
    assert len(run.server.asked) == asked

    snakemake(run, run.second)
    new = run.server.asked[asked:]
    assert len(forecast(run, run.second)) == 72
    documents = [path for path in new if DOCUMENTS in path]
    day = run.second + DAY, run.second + 2 * DAY
    hours = (instant(day[1], "10:00", TZ) - instant(day[0], "10:00", TZ)) / timedelta(hours=1)
    assert len(documents) == pytest.approx(hours * (12 + 3) + 2, abs=1)  # SCED, hourly, daily
    assert len({*documents}) == len(documents)
    assert sum(LISTINGS in path for path in new) == len(REPORTS)
    assert not [path for path in new if "/archive/" in path]


@pytest.mark.integration
def test_what_the_store_has_is_read_again_without_the_network(run):
    snakemake(run, run.second)
    before = forecast(run, run.second)
    asked = len(run.server.asked)
    for path in (run.folder / "results").rglob("*.parquet"):
        path.unlink()
    snakemake(run, run.second)
    assert len(run.server.asked) == asked
    pd.testing.assert_frame_equal(forecast(run, run.second), before)


@pytest.mark.integration
def test_a_source_that_fails_all_morning_is_said_and_asked_again(run):
    """The forecast is made without; the same command asks again, and heals."""
    run.server.faults.extend([("reportTypeId=13028", partial(reply, status=500, body=b"no"))] * 9)
    snakemake(run, run.third, "daily", attempts=1)
    assert forecast(run, run.third)[Flagged.stale].str.contains("np4-732-cd").all()
    page = (run.folder / f"results/live/report/daily/{run.third}.html").read_text()
    assert "left out of np4-732-cd" in page
    assert "HTTP 500" in page
    run.server.faults.clear()
    snakemake(run, run.third, "daily", attempts=1)
    assert not forecast(run, run.third)[Flagged.stale].str.contains("np4-732-cd").any()
    assert "Nothing to be done" in snakemake(run, run.third)


@pytest.mark.integration
def test_a_series_that_stopped_is_said_in_file_figure_and_report(run):
    snakemake(run, run.second)
    assert (forecast(run, run.second)[Flagged.stale] == "").all()
    snakemake(run, run.third, "forecast", "report")
    rows = forecast(run, run.third)
    assert set(rows[Flagged.stale]) == {"load_forecast"}
    assert rows[Flagged.late].all()  # its day was yesterday
    assert "old or missing data: load_forecast" in forecast_figure(rows, TZ).get_supxlabel()
    assert "load_forecast" in (run.folder / f"results/live/forecast/{run.third}.csv").read_text()
    html = (run.folder / "results/live/report/data.html").read_text()
    for text in ("rt_lmp", "Old or missing: load_forecast", "Coverage by month"):
        assert text in html
    assert "://" not in html  # needs nothing else


@pytest.mark.integration
def test_no_secret_is_in_any_file_or_log(run):
    told = snakemake(run, run.third)
    files = [p.read_bytes() for p in run.folder.rglob("*") if p.is_file()]
    for secret in live.SECRETS.values():
        assert secret not in told
        assert not [f for f in files if secret.encode() in f]


@pytest.mark.integration
def test_without_an_account_one_message_comes_before_anything_is_fetched(run, tmp_path):
    asked = len(run.server.asked)
    keyless = dict.fromkeys(live.SECRETS, "")
    told = snakemake(run._replace(folder=tmp_path), run.third, env=keyless, ok=False)
    assert told.count("ERCOT's archive needs") == 1
    for text in ("np6-788-cd older than 5 days", *[k for k in live.SECRETS if "ERCOT" in k]):
        assert text in told
    assert len(told.splitlines()) < 20
    assert len(run.server.asked) == asked
    snakemake(run, run.third, "--dry-run", env=keyless)  # what it needs is in the store


def test_freshness_says_old_and_missing(tmp_path):
    rows = five_minutes("2026-10-01 00:00", [1.0] * 12)
    path = tmp_path / "raw/rt_lmp/2026-10.parquet"
    write_table(Observations, rows, path)
    limits = age_limits("ERCOT", "live")
    held, never = {SeriesName.RT_LMP: [path]}, {SeriesName.LOAD: UNKNOWN}
    soon, later = (
        freshness(newest_known(held, live.at(text)) | never, live.at(text), limits)
        for text in ("2026-10-01T00:30", "2026-10-01T06:00")
    )
    assert list(soon[Freshness.stale]) == [False, True]
    assert soon[Freshness.latest].iloc[0] == utc("2026-10-01 00:26:12")
    assert list(later[Freshness.stale]) == [True, True]
    assert pd.isna(later[Freshness.latest].iloc[1])


def test_coverage_counts_intervals_and_lists_gaps(tmp_path):
    rows = pd.concat(
        [five_minutes("2026-10-01", [1.0] * 288), five_minutes("2026-10-03", [1] * 72)]
    )
    path = tmp_path / "raw/rt_lmp/2026-10.parquet"
    write_table(Observations, rows, path)
    span = live.at("2026-10-01T00:00"), live.at("2026-10-03T12:00")
    shares = coverage_by_day({SeriesName.RT_LMP: [path]}, *span)
    assert list(shares[Covered.share]) == [1, 0, 0.5]
    fresh = freshness(
        newest_known({SeriesName.RT_LMP: [path]}, span[1]), span[1], age_limits("ERCOT", "live")
    )
    lost = pd.DataFrame([("np6-788-cd", "123", span[0], "row 3: LMP is 'N/A'", True)], columns=LOST)
    about: Any = {"run": "r", "market": "ERCOT", "source": "live"}
    gaps = ["np6-788-cd 2026-10-01"]
    unknown = Table("", [], [])
    page = data_page(about, span[1], fresh, shares, unknown, Lost.validate(lost), gaps)
    render(page, tmp_path / "data.html")
    html = (tmp_path / "data.html").read_text()
    assert "Old or missing: rt_lmp" in html
    assert "2026-10-02 to 2026-10-03" in html
    assert "row 3: LMP is &#39;N/A&#39;" in html
    assert "Accepted by live.gaps: np6-788-cd 2026-10-01" in html


def test_a_live_run_covers_start_to_the_issue_time_of_its_date():
    config = parse_config(settings(source="live", start="2024-01-01", date="2024-08-20"))
    found = coverage(config, [])
    assert found.first == utc("2024-01-01 06:00")
    assert found.last == utc("2024-08-20 15:00") + pd.Timedelta("1us")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": None}, "start is empty"),
        ({"live": {"fetch": ["rt_lpm"]}}, "rt_lpm"),
        ({"live": {"hosts": {"api": {"url": "ftp://x", "calls_per_minute": 1}}}}, "ftp://x"),
        ({"live": {"hosts": {"api": {"url": "https://x", "calls_per_minute": 1}}}}, "lacks.*mis"),
        ({"live": {"retries": 3}}, "retries"),
    ],
)
def test_an_impossible_live_config_stops_before_the_first_rule(change, said):
    with pytest.raises(ValueError, match=said):
        parse_config(settings(**{"source": "live", "start": "2024-01-01", **change}))


def test_a_date_whose_issue_time_is_to_come_is_refused():
    tomorrow = datetime.now(UTC).date() + 2 * DAY
    config = parse_config(settings(source="live", start="2024-01-01", date=tomorrow))
    with pytest.raises(ValueError, match="still to come"):
        coverage(config, [])
