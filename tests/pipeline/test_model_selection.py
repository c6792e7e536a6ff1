"""Validation, tuning and ablation as a person asks for them, and a pipeline that follows them."""

import json
import re

import pytest

from rtlmp.io.tables import read_table
from rtlmp.model_selection.tables import Ablation, FoldMetrics, Folds, Recalibrated, Trials
from tests.helpers.repo import RUN, Repo

pytestmark = pytest.mark.integration
OWN = f"{RUN}/tune/parameters.json"
CARD = f"{RUN}/model/all/2024-03-01/card.json"
SETTINGS = {
    "nodes": ["HB_NORTH"],
    "model": {"rounds": 5, "max_depth": 3, "threads": 1},
    "gate": {"days": 0},
    "validation": {"start": "2024-02-20", "end": "2024-02-29", "every_days": 5},
    "tune": {"start": "2024-02-15", "end": "2024-02-24", "trials": 1},
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    made = Repo(tmp_path_factory.mktemp("repo"), **SETTINGS)
    made.run("validate", "tune", "ablation")
    return made


def test_every_table_is_there(repo):
    folder = repo.root / RUN
    origins = read_table(Folds, folder / "validation/folds.parquet")[Folds.origin].tolist()
    assert origins == ["2024-02-20", "2024-02-25"]
    assert set(
        read_table(FoldMetrics, folder / "validation/metrics.parquet")[FoldMetrics.origin]
    ) == {*origins}
    assert len(read_table(Recalibrated, folder / "validation/calibration.parquet")) == 4
    assert len(read_table(Trials, folder / "tune/trials.parquet")) == 2 * 3
    assert len(read_table(Ablation, folder / "ablation/ablation.parquet"))
    assert re.search(r"\| inputs +\| net load +\|", (folder / "ablation/ablation.md").read_text())
    assert repo.jobs("validate", "tune", "ablation") == {}


def test_training_follows_a_parameter_file_and_waits_for_the_own_one(repo):
    (repo.root / OWN).unlink()
    repo.configure(**SETTINGS, parameters=OWN)
    assert repo.jobs(CARD)["tune_model"] == 1
    found = {"parameters": {"max_depth": 2}, "calibration": {}}
    (repo.root / "mine.json").write_text(json.dumps(found))
    repo.configure(**SETTINGS, parameters="mine.json")
    repo.run(CARD)
    card = json.loads((repo.root / CARD).read_text())
    assert card["members"][0]["model"]["max_depth"] == 2
    (repo.root / "mine.json").write_text(json.dumps({**found, "parameters": {"max_depth": 4}}))
    assert repo.jobs(CARD) == {"train": 1}


def test_windows_that_do_not_fit_are_refused_with_both_spans(repo):
    late = {**SETTINGS, "tune": {**SETTINGS["tune"], "end": "2024-03-05"}}
    repo.configure(**late)
    said = repo.run("tune", ok=False)
    assert "tune 2024-02-15 to 2024-03-05" in said
    assert "backtest 2024-03-08 to 2024-03-11" in said
