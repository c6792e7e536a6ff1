"""Whatever fails, there is a forecast that says what it is made of, and what there was stays."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest

from rtlmp.io.tables import read_table, write_table
from rtlmp.pipeline.morning import Verdict
from rtlmp.schemas.core import Bounded, Features, Flagged, Forecast, Scored
from tests.helpers.repo import LEAST, RUN, Repo, edit

pytestmark = pytest.mark.integration
LOAD = "load_expected"
DAY = "2024-03-10"  # of the backtest's two, the second
TRAINING, ROWS = "rtlmp/models/samples.py", "    rows = samples(history, prices, since"


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    made = Repo(tmp_path_factory.mktemp("repo"), **LEAST | {"ensemble_size": 2, "date": DAY})
    made.run("daily")
    return made


def served(repo: Repo) -> pd.DataFrame:
    return read_table(Bounded, repo.root / RUN / f"issued/{DAY}.parquet")


@contextmanager
def broken_training(repo: Repo, when: str, why: str = "broken") -> Iterator[None]:
    """The daily page, made while the training fails `when` an expression is true."""
    whole = (repo.root / TRAINING).read_text()
    edit(repo.root / TRAINING, ROWS, f"    if {when}:\n        raise ValueError('{why}')\n{ROWS}")
    try:
        repo.run("daily")
        yield
    finally:
        (repo.root / TRAINING).write_text(whole)


def page(repo: Repo) -> str:
    return (repo.root / RUN / f"report/daily/{DAY}.html").read_text()


def require_parity(repo: Repo) -> None:
    repo.run("backtest")
    rows = read_table(Scored, repo.root / RUN / "backtest/forecasts.parquet")
    ours = rows[(rows[Scored.model] == "model")]
    daily = served(repo)
    keys = [Forecast.location, Forecast.threshold, Forecast.valid_time]
    columns = [*daily.columns]
    ours = ours[ours[Forecast.issue_time].isin(daily[Forecast.issue_time])][columns]
    one, two = (of.sort_values(keys, ignore_index=True) for of in (daily, ours))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_a_feature_in_another_unit_is_published_with_its_warning(repo):
    month = repo.root / RUN / "features/HB_NORTH/2024-03.parquet"
    assert Flagged.suspect not in served(repo)
    whole, rows = month.read_bytes(), read_table(Features, month)
    write_table(Features, rows.assign(**{LOAD: 1000 * rows[LOAD]}), month)
    repo.run("daily")
    [said] = {*served(repo)[Flagged.suspect]} - {""}
    assert said.startswith(f"HB_NORTH: 1 features beyond training: {LOAD} ")
    assert f"suspect: {said}" in page(repo)
    repo.run("status")
    status = json.loads((repo.root / RUN / "status/status.json").read_text())
    assert f"suspect: {said}" in status["why"]
    assert status["verdict_code"] == Verdict.DEGRADED
    assert {*status["drift"]} == {"psi", "cusum"}
    month.write_bytes(whole)
    repo.run("daily")
    assert Flagged.suspect not in served(repo)


def test_a_failed_training_keeps_the_model_that_was_there_and_says_so(repo):
    before = served(repo)
    with broken_training(repo, "True"):
        after = served(repo)
    why = "predecessor: training of 2024-03-09 failed: ValueError: broken; it serves as it was"
    assert after[Flagged.served_by].unique() == [f"{why} trained before"]
    pd.testing.assert_series_equal(after[Forecast.probability], before[Forecast.probability])
    assert why in page(repo)


def test_where_the_training_of_today_fails_its_predecessor_serves(repo):
    shutil.rmtree(repo.root / RUN / "model/all/2024-03-09")
    with broken_training(repo, "str(day) == '2024-03-09'"):
        rows = served(repo)
        assert rows[Forecast.model_date].unique() == ["2024-03-07"]
        why = "predecessor: training of 2024-03-09 failed: ValueError: broken"
        assert rows[Flagged.served_by].unique() == [why]
        sheet = pd.read_csv(repo.root / RUN / f"forecast/{DAY}.csv")
        assert sheet[Flagged.served_by].unique() == [why]
        assert why in page(repo)
        assert repo.jobs("daily") == {}


def test_where_every_training_fails_climatology_serves_in_the_backtest_too(repo):
    shutil.rmtree(repo.root / RUN / "model")
    with broken_training(repo, "True"):
        rows = served(repo)
        why = "climatology: training of 2024-03-09 failed: ValueError: broken"
        assert rows[Flagged.served_by].unique() == [why]
        assert rows[[Bounded.lower, Bounded.upper]].isna().all(axis=None)
        assert rows[Forecast.probability].nunique() > 10
        require_parity(repo)


def test_what_was_published_stays_and_is_made_anew_when_that_can_be_done(repo):
    """Of features that cannot be read, and of a source that cannot."""
    repo.run("daily")
    kept = repo.contents()
    month = repo.root / RUN / "features/HB_NORTH/2024-03.parquet"
    whole = month.read_bytes()
    month.write_bytes(whole[:1000])
    for _ in range(2):
        assert "is it whole?" in repo.run("daily", ok=False)
        assert {**repo.contents(), **features(month, whole)} == kept
    month.write_bytes(whole)
    repo.run("daily")
    assert repo.contents() == kept
    assert repo.jobs("daily") == {}
    world = repo.root / RUN / "world/observations.parquet"
    whole = world.read_bytes()
    world.write_bytes(whole[:1000])
    for _ in range(2):
        assert "is it whole?" in repo.run("daily", ok=False)
        assert {**repo.contents(), "world/observations.parquet": whole} == kept


def features(path, whole):
    return {f"features/{path.parent.name}/{path.name}": whole}
