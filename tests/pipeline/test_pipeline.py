"""The pipeline as a person runs it: Snakemake, in a copy of the repo, on a small world."""

import json

import numpy as np
import pandas as pd
import pytest

from rtlmp.io.tables import read_table
from rtlmp.schemas.core import Forecast, HorizonRows, Metrics, Scored
from tests.helpers.repo import NODES, RUN, THRESHOLDS, Repo

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """After one forecast of the newest date and one backtest."""
    made = Repo(tmp_path_factory.mktemp("repo"))
    made.run()
    made.run("backtest")
    return made


def forecast_files(repo: Repo, date: str) -> pd.DataFrame:
    paths = [
        repo.root / RUN / f"forecast/{n}/{x}/{date}.parquet" for n in NODES for x in THRESHOLDS
    ]
    parts = [read_table(Forecast, path) for path in paths]
    assert [len(p) for p in parts] == [72] * len(paths)
    return pd.concat(parts, ignore_index=True)


def test_the_default_target_leaves_72_probabilities_a_sheet_and_a_figure(repo):
    rows = forecast_files(repo, "2024-03-20")
    assert rows[Forecast.probability].between(0, 1).all()
    assert rows[Forecast.lead_hour].max() == 72
    assert rows[Forecast.model_date].unique().tolist() == ["2024-03-19"]
    high, low = (
        rows[rows[Forecast.threshold] == x][Forecast.probability].to_numpy() for x in (50, 100)
    )
    assert (high >= low).all()
    sheet = pd.read_csv(repo.root / RUN / "forecast/2024-03-20.csv")
    assert len(sheet) == 72 * len(NODES)
    assert sheet["local_time"].iloc[0] == "2024-03-21 00:00 CDT"
    np.testing.assert_allclose(sheet["above_50"], high, atol=5e-5)
    for node in NODES:
        figure = repo.root / RUN / f"forecast/{node}/2024-03-20.png"
        assert figure.read_bytes()[:4] == b"\x89PNG"


def test_a_model_folder_is_ubjson_and_json_only(repo):
    folder = repo.root / RUN / "model/all/2024-03-19"
    assert {p.suffix for p in folder.iterdir()} == {".ubj", ".json"}
    card = json.loads((folder / "card.json").read_text())
    assert card["rows"] > 2000
    assert card["members"][0]["model"]["rounds"] == 15


def test_the_backtest_has_every_row_and_its_baselines(repo):
    rows = read_table(Scored, repo.root / RUN / "backtest/forecasts.parquet")
    assert len(rows) == 4 * 72 * len(NODES) * len(THRESHOLDS) * 4
    assert rows[Scored.max_price].notna().all()
    metrics = read_table(Metrics, repo.root / RUN / "backtest/metrics.parquet")
    assert set(metrics[Metrics.model]) == {"model", "climatology", "persistence", "truth"}
    assert {"auc", "average_precision", "brier_skill", "log_loss_skill"} <= set(
        metrics[Metrics.metric]
    )


@pytest.mark.parametrize("date", ["2024-03-08", "2024-03-09", "2024-03-10"])
def test_daily_path_and_backtest_agree_to_the_bit(repo, date):
    """Two of the dates are next to the clock change of 2024-03-10."""
    repo.run("forecast", "--config", f"date={date}")
    daily = forecast_files(repo, date)
    scored = read_table(Scored, repo.root / RUN / "backtest/forecasts.parquet")
    columns = list(Forecast.to_schema().columns)
    keys = [Forecast.location, Forecast.threshold, Forecast.valid_time]
    ours = scored[scored[Scored.model] == "model"][columns]
    ours = ours[ours[HorizonRows.issue_time].isin(daily[HorizonRows.issue_time])]
    pd.testing.assert_frame_equal(
        daily[columns].sort_values(keys, ignore_index=True),
        ours.sort_values(keys, ignore_index=True),
        check_exact=True,
    )


def test_a_second_run_does_nothing(repo):
    assert repo.jobs("forecast", "backtest") == {}
    assert "Nothing to be done" in repo.run()
    assert "Nothing to be done" in repo.run("backtest")


def test_a_touched_file_reruns_nothing(repo):
    (repo.root / "rtlmp/asof/labels.py").touch()
    raw = repo.root / RUN / "raw/load/2024-02.parquet"
    raw.write_bytes(raw.read_bytes())
    assert repo.jobs() == {}


@pytest.mark.parametrize(
    ("file", "reruns", "leaves"),
    [
        ("report/figures/forecast.py", {"forecast_figure"}, {"forecast_date", "train", "features"}),
        ("evaluation/scores.py", {"metrics"}, {"backtest_forecasts", "train"}),
        ("forecast/forecast.py", {"forecast_date", "replay"}, {"train", "features", "raw"}),
        ("models/boosted.py", {"train", "replay", "forecast_date"}, {"features", "hourly"}),
        (
            "features/prices.py",
            {"features", "history", "train", "replay"},
            {"hourly", "raw", "world"},
        ),
        ("sources/synthetic/price.py", {"world", "raw"}, set()),
    ],
)
def test_a_line_of_the_package_reruns_what_depends_on_it(repo, file, reruns, leaves):
    path = repo.root / "rtlmp" / file
    whole = path.read_text()
    path.write_text(whole + "\n# an edit\n")
    try:
        planned = repo.jobs("forecast", "backtest")
    finally:
        path.write_text(whole)
    assert set(planned) >= reruns
    assert not set(planned) & leaves


@pytest.mark.parametrize(
    ("change", "reruns", "leaves"),
    [
        ({"thresholds": [50, 200]}, {"forecast_date", "forecast_figure"}, {"train", "features"}),
        ({"seed": 8}, {"train", "forecast_date"}, {"hourly"}),
        ({"ensemble_size": 1}, {"forecast_date", "train"}, {"features"}),  # what is updated, too
        ({"label_coverage": 0.9}, {"train"}, {"features", "hourly", "raw"}),
        ({"backtest": {"start": "2024-03-08", "end": "2024-03-10"}}, set(), {"train"}),
        ({"issue_time": "10:30"}, {"features", "train"}, {"hourly"}),
    ],
)
def test_a_setting_reruns_what_uses_it(repo, change, reruns, leaves):
    repo.configure(**change)
    try:
        # the world's own truth follows thresholds, seed and issue time: leave it out of this
        planned = repo.jobs("--allowed-rules", *RULES)
    finally:
        repo.configure()
    assert set(planned) >= reruns
    assert not set(planned) & leaves


def test_what_was_changed_and_changed_back_reruns_nothing(repo):
    """After the edits and settings above."""
    assert repo.jobs("forecast", "backtest") == {}


RULES = ["forecast", "forecast_date", "forecast_files", "forecast_workbook", "forecast_figure"]
RULES += ["train", "features", "hourly"]


def jobs_were_it_edited(repo: Repo, raw: str) -> dict[str, int]:
    path = repo.root / RUN / "raw" / raw
    whole = path.read_bytes()
    table = pd.read_parquet(path)
    table.assign(value=table["value"] + 1).to_parquet(path, index=False)
    planned = repo.jobs()
    path.write_bytes(whole)
    return planned


def test_an_edited_raw_month_reruns_its_own_dependants_by_count(repo):
    """The gate reads days of January, history of 40 days those of February; all read January."""
    early = jobs_were_it_edited(repo, "wind/2024-01.parquet")
    assert repo.jobs() == {}
    assert early == {
        "features": 1,
        "history": 3,
        "train": 5,  # three serve, one updates another, the gate compares the oldest with one
        "forecast_date": 1,
        "forecast_files": 1,
        "forecast_workbook": 1,
        "latest_forecast": 1,
        "forecast_figure": 1,
        "forecast": 1,
    }
    late = jobs_were_it_edited(repo, "rt_lmp/2024-03.parquet")
    assert late == {**early, "history": 1, "hourly": 1}


def test_a_date_that_the_source_does_not_cover_is_refused(repo):
    said = repo.run("forecast", "--config", "date=2031-01-01", ok=False)
    assert "date 2031-01-01" in said
    assert "2024-01-01 to 2024-03-20" in said


def test_a_mistyped_setting_stops_before_the_first_rule(repo):
    said = repo.run("forecast", "--config", "treshold=3", ok=False)
    assert "treshold" in said
    assert "Building DAG" not in said
