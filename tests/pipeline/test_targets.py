"""The pages, the battery and the exports as a person asks for them, on a small world."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from rtlmp.evaluation.tables import Changes, Revenue, Significance
from rtlmp.io.files import folder_name
from rtlmp.io.tables import read_table
from rtlmp.schemas.core import Metrics
from tests.helpers.repo import RUN, Repo

pytestmark = pytest.mark.integration
CHANGES = RUN / "changes/2024-03-09_2024-03-10.csv"
NODES = ["HUD VL", ".H.A/B+C%20ü{x}$1"]  # as other markets name them
SETTINGS = {
    "nodes": NODES,
    "history_days": 30,
    "retrain_every_days": 7,
    "synthetic": {"start": "2024-01-15", "end": "2024-03-20"},
    "backtest": {"start": "2024-03-06", "end": "2024-03-12"},  # a clock change inside
    "scenarios": {"evenings": {"start": "2024-03-07", "end": "2024-03-12", "hours": [18, 19, 20]}},
    "date": "2024-03-10",
    "model": {"rounds": 5, "max_depth": 3, "threads": 1},
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory) -> Repo:
    made = Repo(tmp_path_factory.mktemp("repo"), **SETTINGS)
    made.run("forecast", "explain", "report", "value", "export", "verify", str(CHANGES))
    # a second run of the same questions, to set beside the first
    shutil.copytree(made.root / RUN / "backtest", made.root / "results/other/backtest")
    return made


@pytest.fixture(scope="module")
def root(repo) -> Path:
    return repo.root


def test_a_node_of_any_name_has_its_own_files(root):
    for node in NODES:
        for kind, of in (("forecast", "100/"), ("explain", "")):
            path = root / RUN / kind / folder_name(node) / f"{of}2024-03-10.parquet"
            assert {*pd.read_parquet(path)["location"]} == {node}
    assert {*pd.read_csv(root / RUN / "forecast/2024-03-10.csv")["location"]} == {*NODES}


def test_every_page_is_there_is_light_asks_for_nothing_and_links_to_what_there_is(root):
    for name in ("daily/2024-03-10", "backtest", "value", "verify"):
        page = root / RUN / f"report/{name}.html"
        assert page.stat().st_size < 1_500_000
        text = page.read_text()
        assert "default-src 'none'" in text
        links = re.findall(r'<a href="([^"]+)"', text)
        assert all((page.parent / link).exists() for link in links)
        if "daily" in name:
            assert [Path(link).suffix for link in links] == [".csv", ".xlsx", ".html"]


def test_a_second_run_does_nothing(repo):
    assert "Nothing to be done" in repo.run("report", "value", "export", "verify")


def test_the_battery_is_bounded_by_perfect_foresight(root):
    worth = read_table(Revenue, root / RUN / "value/revenue.parquet")
    share = worth[worth[Revenue.measure] == "share_of_perfect"]
    assert share[Revenue.value].max() == pytest.approx(1)


def test_every_table_is_exported_as_it_is(root):
    table = read_table(Metrics, root / RUN / "backtest/metrics.parquet")
    text = pd.read_csv(root / RUN / "backtest/metrics.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(text, table, check_dtype=False)


def test_changes_are_shared_out_without_remainder(root):
    rows = read_table(Changes, root / CHANGES.with_suffix(".parquet"))
    because = [c for c in rows if c.startswith("because_")]
    assert rows[because].sum(axis=1).to_numpy() == pytest.approx(rows[Changes.change], abs=1e-12)
    assert rows[Changes.valid_time].nunique() == 49  # 10 March has 23 hours: 72 - 23


def test_a_run_beside_its_twin_differs_by_nothing(repo, root):
    repo.configure(**SETTINGS, compare_to="other")
    repo.run("compare")
    tests = read_table(Significance, root / RUN / "compare/other/significance.parquet")
    twins = tests[(tests[Significance.model] == "small") & (tests[Significance.versus] == "other")]
    assert len(twins)
    assert (twins[Significance.difference] == 0).all()
    assert "compare/other/significance" in (root / RUN / "report/compare.html").read_text()
