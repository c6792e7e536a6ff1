"""A run of one's own files: a day is added, nodes fall silent."""

import numpy as np
import pandas as pd
import pytest

from tests.helpers.build import five_minutes
from tests.helpers.repo import RUN, Repo

pytestmark = pytest.mark.integration
LAST = "2024-03-10"  # of the days that come one by one
UNTIL = {"N": LAST, "OLD": "2024-01-20", "GONE": "2024-01-20"}
POOLS = {"two": ["N", "OLD"], "gone": ["GONE"], "typo": ["TYPO"]}


def prices(start: str, end: str, node: str, seed: int) -> pd.DataFrame:
    count = int((pd.Timestamp(end) - pd.Timestamp(start)) / pd.Timedelta("5min"))
    values = 30 * np.random.default_rng(seed).lognormal(0, 0.5, count)
    return five_minutes(start, [*values], node)


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    """After a forecast from files up to LAST: all nodes of two pools are silent."""
    root = tmp_path_factory.mktemp("files")
    (root / "data").mkdir()
    for k, (node, end) in enumerate(UNTIL.items()):
        prices("2024-01-01", end, node, k).to_parquet(root / f"data/{node}.parquet")
    made = Repo(
        root,
        source="files",
        data_dir="data",
        nodes=[*UNTIL, "TYPO"],
        pools=POOLS,
        figures=["N"],
        history_days=30,
        ensemble_size=1,
    )
    made.said = made.run()
    return made


def test_a_silent_node_is_named_before_training_served_and_marked(repo):
    said = repo.said
    for named in ("at OLD since", "at GONE since", "at ['TYPO']; it holds rt_lmp at"):
        assert said.index(f"no rt_lmp {named}") < said.index("Rule: train")
    [path] = (repo.root / RUN / "issued").glob("[0-9]*.parquet")
    rows = pd.read_parquet(path)
    assert rows.groupby(["location", "threshold"]).size().tolist() == [72] * 8
    stale = rows.groupby("location")["stale"].unique().map(list).to_dict()
    assert stale == {
        "N": [""],
        "OLD": ["no price at OLD since 2024-01-19"],
        "GONE": ["no price at GONE since 2024-01-19"],
        "TYPO": ["no price at TYPO since before 2024-01-01"],
    }


def test_a_day_more_remakes_what_depends_on_its_month_alone(repo):
    prices(LAST, "2024-03-11", "N", 9).to_csv(repo.root / "data/day.csv", index=False)
    planned = repo.jobs()
    assert {k: planned[k] for k in ("raw_month", "hourly", "history")} == {
        "raw_month": 1,
        "hourly": 1,
        "history": 1,
    }
    assert planned["train"] == 2 * len(POOLS)  # the one that serves, and the gate's other
