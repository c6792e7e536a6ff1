"""What a notebook calls gives what the run wrote, and nothing published later."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

import rtlmp
from rtlmp import api
from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Bounded, Flagged, Metrics, Observations
from rtlmp.schemas.names import Forecaster, Metric
from tests.helpers.build import ROOT
from tests.helpers.repo import LEAST, NODES, THRESHOLDS
from tests.test_cli import RTLMP, said

DAY = date(2024, 3, 10)
SMALL = ROOT / "config/test.yaml"
HEAVY = ("pandas", "snakemake", "rtlmp.api")


def test_importing_the_package_imports_nothing_else():
    code = f"import rtlmp, sys; sys.exit(any(name in sys.modules for name in {HEAVY}))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def test_every_name_promised_is_there_and_no_other():
    assert all(callable(getattr(rtlmp, name)) for name in api.__all__)
    with pytest.raises(AttributeError, match="no_such"):
        _ = rtlmp.no_such


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of `rtlmp forecast` in an empty folder."""
    of = tmp_path_factory.mktemp("stranger")
    (of / "least.yaml").write_text(json.dumps({**LEAST, "date": str(DAY)}))
    words = ["--configfile", "config/test.yaml", "least.yaml", "--cores", "2"]
    *_, last = said([*RTLMP, "forecast", *words], of).splitlines()
    assert last.startswith(f"rtlmp forecast, {DAY}: 4 files in {of}/results/small, ")
    return of


@pytest.fixture
def run(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return rtlmp.settings(SMALL, **LEAST)


pytestmark = pytest.mark.integration


@pytest.mark.usefixtures("run")
def test_a_forecast_is_what_the_run_wrote():
    rows = rtlmp.read_forecast("small", DAY)
    parts = [f"results/small/forecast/{n}/{x}/{DAY}.parquet" for x in THRESHOLDS for n in NODES]
    pd.testing.assert_frame_equal(rows, pd.concat(map(pd.read_parquet, parts), ignore_index=True))
    pd.testing.assert_frame_equal(rtlmp.read_forecast("small"), rows)
    with pytest.raises(ValueError, match=r"no forecast of 2020-01-01; there are \['2024-03-10'\]"):
        rtlmp.read_forecast("small", "2020-01-01")


@pytest.mark.usefixtures("run")
def test_the_curve_at_the_runs_thresholds_is_its_forecast_to_the_bit():
    xs = [float(x) for x in THRESHOLDS]
    rows = rtlmp.read_forecast("small").drop(columns=Flagged.served_by)
    pd.testing.assert_frame_equal(rtlmp.probability_above("small", xs), rows, check_exact=True)
    low, between, high = (
        rtlmp.probability_above("small", [x])[Bounded.probability] for x in (50, 73, 100)
    )
    assert (high <= between).all()
    assert (between <= low).all()


@pytest.mark.usefixtures("run")
def test_features_are_of_the_issue_times_asked():
    at = rtlmp.read_forecast("small")[Bounded.issue_time].iloc[0]
    rows = rtlmp.read_features("small", "HB_WEST", at - pd.Timedelta(days=1), at)
    assert rows[Bounded.issue_time].value_counts().to_dict() == {at: 72, rows.iloc[0, 1]: 72}


def test_a_model_trained_here_is_that_of_the_run(run, folder):
    cards = sorted((folder / "results/small/model/all").glob("*/card.json"))
    said = json.loads(cards[-1].read_text())
    trained = rtlmp.train_model(run, "all", date.fromisoformat(said["date"]))
    assert {**said, **json.loads(json.dumps(trained.card))} == said  # and digests of its files
    booster = trained.members[0].boosted().save_raw("ubj")
    assert bytes(booster) == cards[-1].with_name("booster.ubj").read_bytes()


def test_a_forecast_is_scored_by_the_prices_of_the_run(run):
    table = rtlmp.score_forecasts(run, rtlmp.read_forecast("small"))
    rows = table[(table[Metrics.model] == Forecaster.MODEL) & (table[Metrics.lead_day] == 0)]
    counts = rows[(rows[Metrics.metric] == Metric.ROWS) & (rows[Metrics.location] == "ALL")]
    assert (counts[Metrics.value] == 72 * len(NODES)).all()


def test_observations_are_the_same_from_every_source_and_end_at_the_instant_asked(run, folder):
    files = rtlmp.settings(
        SMALL, **LEAST, source="files", data_dir=str(folder / "results/small/world")
    )
    (folder / "results/small/world/truth.parquet").unlink(missing_ok=True)  # no observations
    span = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 3, tzinfo=UTC)
    q, at = SeriesName.LOAD_FORECAST, datetime(2024, 2, 29, 16, tzinfo=UTC)
    whole = rtlmp.fetch_observations(run, q, "ERCOT", span)
    known = rtlmp.fetch_observations(run, q, "ERCOT", span, at)
    assert len(whole) > len(known) == 48
    assert (known[Observations.publish_time] <= at).all()
    newest = whole[whole[Observations.publish_time] <= at].groupby(Observations.valid_time).last()
    assert np.array_equal(newest[Observations.value], known[Observations.value])
    for until in (None, at):
        same = rtlmp.fetch_observations(files, q, "ERCOT", span, until)
        pd.testing.assert_frame_equal(same, known if until else whole)


@pytest.mark.usefixtures("run")
def test_programs_that_read_latest_or_the_whole_folder_see_each_row_once():
    latest = pd.read_parquet("results/small/forecast/latest.parquet")
    pd.testing.assert_frame_equal(latest, rtlmp.read_forecast("small"))
    globbed = "from 'results/small/forecast/**/*.parquet' where filename not like '%latest%'"
    keys = "(location, threshold, issue_time, valid_time)"
    counts = f"select count(*), count(distinct {keys}) {globbed}"
    assert pytest.importorskip("duckdb").sql(counts).fetchall() == [(len(latest), len(latest))]


@pytest.mark.usefixtures("run")
def test_the_workbook_says_what_the_sheet_says_on_the_markets_clock():
    text = pd.read_csv("results/small/forecast/latest.csv")
    book = pd.read_excel("results/small/forecast/latest.xlsx")
    local, node, utc, *others = book
    assert (local, utc) == ("local_time America/Chicago", "valid_time UTC")
    assert (book[local].dt.strftime("%Y-%m-%d %H:%M") == text["local_time"].str[:16]).all()
    assert (book[utc] == pd.to_datetime(text["valid_time"]).dt.tz_localize(None)).all()
    pd.testing.assert_frame_equal(book[[node, *others]], text[[node, *others]])
    assert len(book) == 72 * len(NODES)


EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs/feed.md").read_text(), re.S)


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_of_the_feed_runs(folder, code):
    for name in re.findall(r"^import (\w+)", code, re.M):
        pytest.importorskip(name, reason=f"no {name}: make installs it")
    (made := folder / "example.py").write_text(code.replace("results/synthetic", "results/small"))
    subprocess.run([sys.executable, made.name], cwd=folder, check=True)


def test_an_older_date_leaves_the_latest_as_it_is(folder, run):
    """And names no more than its own files. Whole dates lay beside the parts once: they move."""
    root = folder / "results/small"
    before = (root / "forecast/latest.parquet").read_bytes()
    for path in [*root.glob("issued/*.parquet")]:
        path.rename(root / "forecast" / path.name)
    older = run["synthetic"]["end"].replace(day=9)
    words = ["--configfile", "config/test.yaml", "least.yaml", "--config", f"date={older}"]
    said([*RTLMP, "forecast", *words], folder)
    assert (root / f"forecast/{older}.csv").exists()
    assert (root / "forecast/latest.parquet").read_bytes() == before
    assert {path.stem for path in root.glob("issued/*")} == {f"{DAY}", f"{older}"}
    assert [path.stem for path in root.glob("forecast/*.parquet")] == ["latest"]
