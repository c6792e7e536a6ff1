"""Each figure's table says what the reference says, and each figure can be drawn."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc, roc_auc_score

from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.score_tables import decisions, metrics_by, reliability_table
from rtlmp.evaluation.scores import score_table
from rtlmp.evaluation.tables import Importance
from rtlmp.models.curve import Fitted
from rtlmp.models.estimators import ESTIMATORS, fit
from rtlmp.models.store import Trained
from rtlmp.report.figures import data, drivers, quality
from rtlmp.report.figures.backtest import FIGURES
from rtlmp.report.figures.data import BacktestResults
from rtlmp.report.figures.drivers import importance_table
from rtlmp.report.figures.style import save_figure
from rtlmp.schemas.core import Scored
from tests.helpers.backtest import TZ, finished
from tests.helpers.curves import model, training


@pytest.fixture(scope="module")
def backtest() -> BacktestResults:
    scored = finished(days=40)
    of = list(pairs(scored))
    tables = score_table(of, 7), metrics_by(of, TZ, 7), decisions(of, [0.1, 0.3])
    return BacktestResults(scored, of, *tables, reliability_table(of, 7), [], TZ, "N")


def test_the_roc_drawn_has_the_area_of_the_auc(backtest):
    lines = quality.roc(backtest).axes[0].lines
    [model] = [line for line in lines if line.get_label() == "model"]
    known = backtest.scored[backtest.scored[Scored.model] == "model"]
    exact = roc_auc_score(known[Scored.max_price] > 100, known[Scored.probability])
    assert auc(*model.get_data()) == pytest.approx(exact, abs=2e-3)


def test_price_duration_falls_to_all_hours(backtest):
    table = data.duration_table(backtest.scored)
    assert table[data.SHARE].is_monotonic_increasing
    assert table[data.SHARE].iloc[-1] == 1
    assert table[Scored.max_price].is_monotonic_decreasing


def test_the_timeline_holds_whole_local_days_around_the_highest_price(backtest):
    table = data.timeline_table(backtest.scored, "N", TZ, days=3)
    peak = backtest.scored[Scored.max_price].max()
    assert table[Scored.max_price].max() == peak
    assert table.index[0].hour == 0


@pytest.mark.parametrize("name", sorted(set(FIGURES) - {"importance"}))
def test_every_figure_is_drawn_and_labelled(backtest, name, tmp_path):
    figure = FIGURES[name](backtest)
    run: Any = {"run": "small", "market": "ERCOT", "source": "synthetic"}
    save_figure(figure, tmp_path / "figure.png", run, ["2024-03-11", "2024-03-08", "2024-03-09"])
    small = "rtlmp run small: ERCOT, source synthetic, 2024-03-08 to 2024-03-11"
    assert small in [text.get_text() for text in figure.texts]
    assert any(ax.get_xlabel() for ax in figure.axes)


def test_importance_is_drawn_in_order(backtest, monkeypatch):
    names = [f"feature_{k}" for k in range(25)]
    share = np.linspace(0.08, 0, 25)
    columns = {Importance.feature: names, Importance.share: share, Importance.low: share * 0.9}
    table = pd.DataFrame({**columns, Importance.high: share * 1.1})
    monkeypatch.setattr(drivers, "importance_table", lambda _: table)
    labels = [text.get_text() for text in drivers.importance(backtest).axes[0].get_yticklabels()]
    assert labels[-1] == "feature_0"
    assert len(labels) == 20


def trained(*members: tuple[str, int]) -> Trained:
    """A dated model with a member of each estimator and seed; feature 0 is what matters."""
    fitted = [fit(training(2000, seed), model(name), seed) for name, seed in members]
    cards = [{"model": model(name)} for name, _ in members]
    card: Any = {"features": [f"feature_{k}" for k in range(3)], "members": cards}
    return Trained(fitted, card)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_tells_its_importance(backtest, name):
    models = [trained((name, 1))]
    table = importance_table(models)
    assert table[Importance.share].sum() == pytest.approx(1)
    features = table[table[Importance.feature] != "threshold"]
    assert features[Importance.feature].iloc[0] == "feature_0"
    figure = drivers.importance(backtest._replace(models=models))
    assert "feature_0" in [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_importance_is_the_mean_over_members():
    two = importance_table([trained(("hazard", 1), ("logistic", 2))])
    each = [importance_table([trained(of)]) for of in (("hazard", 1), ("logistic", 2))]
    both = pd.concat(each).groupby(Importance.feature)[Importance.share].sum() / 2
    got = two.set_index(Importance.feature)[Importance.share]
    pd.testing.assert_series_equal(got.sort_index(), both.sort_index(), check_names=False)


def test_members_weigh_in_importance_as_in_the_forecast():
    two = trained(("hazard", 1), ("logistic", 2))
    for of, weight in zip(two.card["members"], (1.0, 0.25), strict=True):
        of["model"]["weight"] = weight
    found = [importance_table([trained(of)]) for of in (("hazard", 1), ("logistic", 2))]
    trees, lines = (of.set_index(Importance.feature)[Importance.share] for of in found)
    got = importance_table([two]).set_index(Importance.feature)[Importance.share]
    want = trees.add(lines / 4, fill_value=0) / 1.25
    pd.testing.assert_series_equal(got.sort_index(), want.sort_index(), check_names=False)


def test_the_figure_says_where_no_model_has_an_importance(backtest):
    empty = Fitted(None, {"start": [0.0]})
    card: Any = {"features": ["feature_0"], "members": [{"model": model("hazard")}]}
    figure = drivers.importance(backtest._replace(models=[Trained([empty], card)]))
    assert figure.axes[0].get_title(loc="left") == "hazard: nothing to split on"
