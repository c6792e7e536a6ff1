"""Folds learn nothing of what they are scored on; what does not pay is not accepted."""

import json
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from rtlmp.clock import days, issue_time
from rtlmp.config import parse_config
from rtlmp.features.history import node_sample
from rtlmp.features.matrix import FEATURES, monthly_features, training_features
from rtlmp.forecast.forecast import TIMES, model_probability
from rtlmp.io.files import write_json
from rtlmp.model_selection.ablation import FEATURE_SETS, ablate_features, ablation_page, without
from rtlmp.model_selection.cross_validation import (
    daily_loss,
    fold_metrics,
    folds_table,
    forecast_rows,
    refit,
)
from rtlmp.model_selection.folds import fold_days, folds
from rtlmp.model_selection.recalibration import (
    accepted_calibration,
    fit_calibration,
    recalibration_skill,
)
from rtlmp.model_selection.tables import Ablation, FoldMetrics, Folds, Trials
from rtlmp.model_selection.tuning import tune_model
from rtlmp.model_selection.windows import (
    days_to_label,
    fold_windows,
    labels_known,
    require_before_backtest,
)
from rtlmp.models.calibration import recalibrated
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.training import train
from rtlmp.schemas.core import HorizonRows, Observations, Scored
from rtlmp.schemas.names import Forecaster
from tests.helpers.build import archive_of_frames, hourly_targets, settings

MODEL = {"rounds": 5, "grid": [25, 50, 100, 200], "min_child_weight": 1, "threads": 1}
WINDOW = {"start": date(2024, 7, 10), "end": date(2024, 7, 20)}
TUNE = {**WINDOW, "trials": 3, "space": {"max_depth": [2, 4], "learning_rate": [0.01, 0.3, "log"]}}


@pytest.fixture(scope="module")
def config():
    small = {"history_days": 25, "model": MODEL, "thresholds": [50, 100], "gate": {"days": 0}}
    windows = {"validation": {**WINDOW, "every_days": 4}, "backtest": {"start": "2024-07-25"}}
    made = parse_config(settings(nodes=["N", "H"], **small, **windows))
    return {**made, "tune": parse_config({**settings(), "tune": TUNE})["tune"]}


@pytest.fixture(scope="module")
def prices():
    return hourly_targets("NH", "2024-06-01", 70, seed=0)


@pytest.fixture(scope="module")
def features(config, prices):
    issued = list(days(date(2024, 6, 12), date(2024, 7, 30)))
    return dict(monthly_features(archive_of_frames([prices]), issued, config))


@pytest.fixture(scope="module")
def history(config, prices):
    issued = list(days(date(2024, 6, 12), date(2024, 7, 30)))
    parts = training_features(archive_of_frames([prices]), issued, config, node_sample(config))
    return {pool: [rows] for pool, rows in parts.items()}


@pytest.fixture(scope="module")
def made(config, prices, history, features):
    return folds(history, features, archive_of_frames([prices]), config, config["tune"])


@pytest.fixture(scope="module")
def each(made, config):
    return refit(made, config)


def test_origins_cover_the_window_and_models_are_an_embargo_older(config):
    got = fold_windows(config, WINDOW)
    assert [s.origin.day for s in got] == [10, 14, 18]
    assert [s.last.day for s in got] == [13, 17, 20]
    assert {s.origin - s.model_date for s in got} == {timedelta(days=4)}


@pytest.mark.parametrize(
    ("clock", "least", "horizon"),
    [
        ("10:00", 4, "next_midnight"),
        ("05:00", 4, "next_midnight"),
        ("00:30", 5, "next_midnight"),
        ("00:30", 4, "next_hour"),
    ],
)
def test_an_embargo_shorter_than_lead_and_label_is_refused(config, clock, least, horizon):
    short = {**config["validation"], "embargo_days": least - 1}
    c = {**config, "issue_time": clock, "horizon": horizon, "validation": short}
    assert days_to_label(c) == least
    with pytest.raises(ValueError, match=f"embargo_days {least - 1}: want {least} or more"):
        fold_windows(c, WINDOW)


def test_a_fold_learns_what_the_dated_model_learns(made, config, prices, history):
    """One way through the house: the model of the embargo before the origin, by its own hash."""
    dated = train(history["all"], archive_of_frames([prices]), config, made[0].window.model_date)
    [ours] = refit(made[:1], config)
    assert ours.card == dated.card
    assert ours.card["trained_until"] == "2024-07-06T15:00:00+00:00"


def test_every_row_is_scored_once_by_what_was_observed(made, each, config):
    rows = forecast_rows(each, config)
    ours = rows[rows[Scored.model] != Forecaster.CLIMATOLOGY]
    assert len(ours) == 11 * 72 * 2 * 2
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    assert not ours.duplicated(keys).any()
    assert ours[Scored.max_price].notna().all()
    known = np.concatenate([f.spiked for f in made])
    assert known[:, 0].sum() == (ours[ours[Scored.threshold] == 50][Scored.max_price] > 50).sum()


def test_tables_of_folds_and_their_scores(each, config):
    table = folds_table(each)
    assert table[Folds.rows_scored].tolist() == [4 * 144, 4 * 144, 3 * 144]
    got = fold_metrics(forecast_rows(each, config), config["seed"])
    assert set(got[FoldMetrics.origin]) == {"2024-07-10", "2024-07-14", "2024-07-18"}
    assert {"log_loss", "log_loss_skill", "brier", "auc"} <= set(got[FoldMetrics.metric])


def test_losses_by_day_are_those_of_the_rows(made, each):
    whole, parts = daily_loss(each), [daily_loss(each, lead) for lead in (1, 2, 3)]
    np.testing.assert_allclose(sum(parts), whole)
    y, p = np.concatenate([f.spiked for f in made]), np.concatenate([f.p for f in each])
    by_hand = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    np.testing.assert_allclose(whole.sum(axis=1), by_hand.sum(axis=0), rtol=1e-5)
    assert [int(of.sum()) for of in fold_days(made).values()] == [4, 4, 3]


def test_tuning_looks_at_nothing_after_its_window(
    made, config, prices, history, features, tmp_path
):
    """Poisoned prices and features from there on change no byte of the parameter file."""
    until = pd.Timestamp(issue_time(config, labels_known(config, config["tune"])))
    later = prices[Observations.publish_time] > until
    spoilt = prices.assign(value=prices[Observations.value].mask(later, 4999.0))
    after = pd.Timestamp(issue_time(config, config["tune"]["end"]))
    names = made[0].training.design[1:]
    poisoned = {
        node: t.assign(**{c: t[c].mask(t[HorizonRows.issue_time] > after, 99.0) for c in names})
        for node, t in features.items()
    }
    [rows], late = history["all"], after.value // 1000
    rows = rows._replace(x=np.where((rows.issued > late)[:, None], np.float32(99), rows.x))
    again = folds({"all": [rows]}, poisoned, archive_of_frames([spoilt]), config, config["tune"])
    assert later.any()
    for name, of in (("clean", made), ("spoilt", again)):
        write_json(tune_model(of, config)[1], tmp_path / name)
    assert (tmp_path / "clean").read_bytes() == (tmp_path / "spoilt").read_bytes()


def test_the_file_says_what_is_accepted_and_why(made, config):
    trials, found = tune_model(made, config)
    assert trials[Trials.trial].max() == 3
    own = {k: config["model"][k] for k in TUNE["space"]}
    assert json.loads(trials[Trials.parameters].iloc[0]) == own
    assert found["score"] <= found["default_score"]
    assert found["accepted"] == (found["gain"][1] > 0 and found["score"] < found["default_score"])
    assert (found["parameters"] == own) != found["accepted"]
    assert ("better beyond noise" in found["why"]) or found["score"] == found["default_score"]
    assert found["origins"] == ["2024-07-10", "2024-07-14", "2024-07-18"]


def test_a_better_model_is_accepted(made, config):
    """The config's own parameters are spoilt: any trial beats them on every fold."""
    bad = {**config, "model": {**config["model"], "learning_rate": 0.3, "reg_lambda": 0.1}}
    space = {"learning_rate": (0.01, 0.02), "reg_lambda": (50.0, 100.0)}
    found = tune_model(made, {**bad, "tune": {**config["tune"], "space": space}})[1]
    assert found["accepted"]
    assert found["gain"][1] > 0
    assert found["parameters"] == found["best"]


def test_settings_of_a_member_are_searched(made, config, tmp_path):
    """Each by its place; a file of them serves, and the other members stay as they are."""
    two = {**config, "members": [{"history_days": 20}, {"estimator": "logistic"}]}
    space = {"members.0.history_days": (15, 25), "members.1.reg_lambda": (1.0, 100.0, "log")}
    trials, _ = tune_model(made, {**two, "tune": {**config["tune"], "space": space}})
    own, *tried = (json.loads(q) for q in trials[Trials.parameters].unique())
    assert own == {"members.0.history_days": 20, "members.1.reg_lambda": 50}
    write_json({"parameters": tried[0], "calibration": {}}, tmp_path / "p.json")
    first, second = adopted(two, tmp_path / "p.json")["members"]
    assert first == {"history_days": tried[0]["members.0.history_days"]}
    assert second == {"estimator": "logistic", "reg_lambda": tried[0]["members.1.reg_lambda"]}
    losses = trials.groupby(Trials.trial)[Trials.score].first()
    assert losses.nunique() == len(losses)


def test_a_tune_window_that_reaches_the_test_window_is_refused(config):
    near = {**config, "backtest": {"start": date(2024, 7, 24), "end": date(2024, 8, 1)}}
    words = "tune 2024-07-10 to 2024-07-20.*backtest 2024-07-24 to 2024-08-01"
    with pytest.raises(ValueError, match=words):
        require_before_backtest(near)
    assert require_before_backtest(config) == config["tune"]


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"max_depth": [0, 3]}, r"tune\.space\.max_depth: want 2\.\.9 \(got 0"),
        ({"subsample": [0.5, 1.5]}, r"subsample: want 0\.2\.\.1 \(got 1\.5\)"),
        ({"rounds": [50, 20]}, "rounds must rise: 50 to 20"),
        ({"depth": [1, 2]}, r"tune\.space\.depth: unknown; did you mean max_depth\?"),
        ({"threads": [1, 2]}, r"tune\.space\.threads: unknown"),
        ({"members.0.rounds": [0, 4]}, r"tune\.space\.members\.0\.rounds: want 1\.\.1000 \(got 0"),
        ({"members.9.rounds": [1, 4]}, r"members\.9\.rounds.*want settings of `model` or of \["),
        ({"members.0.history_days": [300, 3000]}, "history_days.*and history_days to 2000"),
    ],
)
def test_a_space_outside_what_a_model_takes_is_refused(space, words):
    with pytest.raises(ValueError, match=words):
        parse_config({**settings(), "tune": {**TUNE, "space": space}})


def test_a_parameter_file_replaces_those_of_the_model(config, prices, history, features, tmp_path):
    curve = {"kind": "platt", "coefficients": [-1.0, 0.5]}
    found = {"parameters": {"max_depth": 2}, "calibration": {"100": curve}}
    write_json(found, tmp_path / "p.json")
    c = adopted(config, tmp_path / "p.json")
    assert (c["model"]["max_depth"], config["model"]["max_depth"]) == (2, 5)
    data, day = archive_of_frames([prices]), date(2024, 7, 10)
    trained = train(history["all"], data, c, day, curves(tmp_path / "p.json"))
    assert trained.card["members"][0]["model"]["max_depth"] == 2
    plain = train(history["all"], data, c, day)
    x = features["N"].drop(columns=TIMES).to_numpy(np.float32)
    left, curved = (model_probability(m, x, [200, 50, 100]) for m in (plain, trained))
    np.testing.assert_array_equal(left[:, 1], curved[:, 1])
    np.testing.assert_allclose(
        curved[:, 2], np.minimum(recalibrated(left[:, 2], curve), left[:, 1]), rtol=1e-12
    )
    assert (curved[:, 0] <= curved[:, 2]).all()
    np.testing.assert_array_equal(model_probability(trained, x[:3], [200, 50, 100]), curved[:3])


def test_curves_undo_a_known_distortion():
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.01, 0.6, 20_000)
    y = (rng.random(len(truth)) < truth).astype(float)
    odds = np.log(truth / (1 - truth))
    told = 1 / (1 + np.exp(-(odds - 1) / 0.7))  # truth's odds are .7 of these, plus 1
    for kind in ("platt", "beta"):
        curve = fit_calibration(kind, told, y)
        assert all(b >= 0 for b in curve["coefficients"][1:])
        np.testing.assert_allclose(recalibrated(told, curve), truth, atol=0.03)
    assert fit_calibration("platt", told, y)["coefficients"] == pytest.approx([1, 0.7], abs=0.1)


def test_calibration_is_accepted_where_it_wins_out_of_time(each, config):
    """Too low by far at $100 in every fold, exact at $50."""
    rng = np.random.default_rng(1)
    truth = [rng.uniform(0.1, 0.5, f.p.shape) for f in each]
    faked = [
        f._replace(
            fold=f.fold._replace(spiked=(rng.random(p.shape) < p) * 1.0),
            p=np.column_stack([p[:, 0], p[:, 1] / 4]),
        )
        for f, p in zip(each, truth, strict=True)
    ]
    table = recalibration_skill(faked, config)
    found = accepted_calibration(table, faked, config)
    assert [*found] == ["100"]
    with pytest.raises(ValueError, match="no origin after 2024-07-10"):
        recalibration_skill(faked[:1], config)


def test_what_is_left_out_is_never_known(made):
    part = FEATURE_SETS["group", "prices"]
    fold = without(made[0], part)
    at = [k for k, c in enumerate(fold.training.design) if c in part]
    assert np.isnan(fold.x[:, at]).all()
    assert np.isnan(fold.training.rows.x[:, at]).all()
    np.testing.assert_array_equal(np.delete(fold.x, at, 1), np.delete(made[0].x, at, 1))
    assert not np.isnan(made[0].x[:, at]).all()


def test_feature_sets_cover_every_feature():
    groups = [c for (kind, _), columns in FEATURE_SETS.items() if kind == "group" for c in columns]
    assert sorted(groups) == sorted(f.name for f in FEATURES)
    assert all(FEATURE_SETS.values())


def test_ablation_of_what_is_empty_anyway_adds_exactly_nothing(made, config):
    table = ablate_features(made[:1], config)
    assert len(table) == len(FEATURE_SETS) * 2 * 4 * 2
    outages = table[table[Ablation.part] == "outages"]
    assert (outages[Ablation.value] == 0).all()
    assert (outages[[Ablation.low, Ablation.high]] == 0).all(axis=None)
    text = ablation_page(table, made[:1], "small")
    assert re.search(r"\| inputs +\| net load +\|", text)
