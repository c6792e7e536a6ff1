"""Scores equal their reference implementations; baselines equal a plain count."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from rtlmp.catalog import SeriesName
from rtlmp.clock import days, horizon_start, issue_time
from rtlmp.config import parse_config
from rtlmp.evaluation.baselines import BASELINES, baseline_forecasts
from rtlmp.evaluation.diagnostics import WHERE, diagnose
from rtlmp.evaluation.losses import CLIP
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scores import ALL, score_table
from rtlmp.schemas.core import Forecast, Metrics, Observations, Scored
from rtlmp.schemas.names import Forecaster
from tests.helpers.build import archive_of_frames, hourly_noise, settings, utc

X = 50.0


@pytest.fixture(scope="module")
def scored():
    """Forty issue days, two nodes, calibrated model probabilities beside a flat reference."""
    rng = np.random.default_rng(5)
    issue = pd.date_range(utc("2024-05-01 15:00"), periods=40, freq="D", unit="us")
    lead = np.arange(1, 73)
    grid = pd.MultiIndex.from_product([issue, lead, ["A", "B"]]).to_frame(index=False)
    grid.columns = [Scored.issue_time, Scored.lead_hour, Scored.location]
    grid[Scored.lead_hour] = grid[Scored.lead_hour].astype(int)
    hours = pd.to_timedelta(grid[Scored.lead_hour] + 13, unit="h")
    grid[Scored.valid_time] = (grid[Scored.issue_time] + hours).astype(issue.dtype)
    grid[Scored.lead_day] = (grid[Scored.lead_hour] - 1) // 24 + 1
    p = rng.beta(0.4, 2.5, len(grid))
    grid[Scored.max_price] = np.where(rng.uniform(size=len(grid)) < p, 90.0, 20.0)
    grid.loc[grid.index % 50 == 0, Scored.max_price] = np.nan
    parts = [
        grid.assign(**{Scored.model: name, Scored.probability: value})
        for name, value in {Forecaster.MODEL: p, **dict.fromkeys(BASELINES, 0.14)}.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    return Scored.validate(rows.assign(**{Scored.threshold: X, Scored.model_date: "2024-05-01"}))


@pytest.fixture(scope="module")
def table(scored):
    return score_table(pairs(scored), seed=1)


def value(table, metric, location=ALL, lead_day=0, model=Forecaster.MODEL, column=Metrics.value):
    row = table[
        (table[Metrics.metric] == metric)
        & (table[Metrics.location] == location)
        & (table[Metrics.lead_day] == lead_day)
        & (table[Metrics.model] == model)
    ]
    assert len(row) == 1
    return row[column].iloc[0]


@pytest.mark.parametrize(("location", "lead_day"), [(ALL, 0), ("A", 0), ("B", 3), (ALL, 1)])
def test_scores_equal_scikit_learn(scored, table, location, lead_day):
    rows = scored[(scored[Scored.model] == Forecaster.MODEL) & scored[Scored.max_price].notna()]
    rows = rows[(rows[Scored.location] == location) | (location == ALL)]
    rows = rows[(rows[Scored.lead_day] == lead_day) | (lead_day == 0)]
    y, p = rows[Scored.max_price] > X, rows[Scored.probability].clip(CLIP, 1 - CLIP)
    flat = np.full(len(y), 0.14)
    want = {
        "auc": sk.roc_auc_score(y, p),
        "average_precision": sk.average_precision_score(y, p),
        "brier": sk.brier_score_loss(y, rows[Scored.probability]),
        "log_loss": sk.log_loss(y, p),
        "log_loss_skill": 1 - sk.log_loss(y, p) / sk.log_loss(y, flat),
        "brier_skill": 1 - sk.brier_score_loss(y, p) / sk.brier_score_loss(y, flat),
        "base_rate": y.mean(),
        "rows": len(y),
    }
    for metric, expected in want.items():
        got = value(table, metric, location, lead_day)
        np.testing.assert_allclose(got, expected, rtol=1e-6 if "skill" in metric else 1e-12)


def test_intervals_hold_the_value_and_narrow_with_data(table):
    for metric in ("auc", "average_precision", "brier", "log_loss_skill"):
        wide, narrow = (
            value(table, metric, *cell, column=Metrics.high)
            - value(table, metric, *cell, column=Metrics.low)
            for cell in (("A", 1), (ALL, 0))
        )
        low, mid, high = (
            value(table, metric, column=c) for c in (Metrics.low, Metrics.value, Metrics.high)
        )
        assert low <= mid <= high
        assert 0 < narrow < wide


def test_a_promise_is_judged_within_what_the_days_can_tell(scored):
    """Calibrated: the interval holds 1. Half the probability: it does not."""
    ours = scored[scored[Scored.model] == Forecaster.MODEL]
    halved = scored.assign(**{Scored.probability: scored[Scored.probability] / 2})
    known = ours[ours[Scored.max_price].notna()]
    ratio = known[Scored.probability].mean() / (known[Scored.max_price] > X).mean()
    for rows, factor, kept in ((scored, 1, True), (halved, 0.5, False)):
        text = diagnose(pairs(rows), seed=1).claims["mean/base 2024H1"].iloc[0]
        value, low, high = map(
            float, text.replace("[", "").replace("]", "").replace(",", "").split()
        )
        assert value == pytest.approx(factor * ratio, abs=0.006)
        assert low < value < high
        assert (low < 1 < high) == kept


def test_the_most_dangerous_hours_are_set_against_what_came(scored):
    """Half the probability: the same hours, half the forecast, and as much came."""
    rows = scored[(scored[Scored.model] == Forecaster.MODEL) & scored[Scored.max_price].notna()]
    top = rows.sort_values(Scored.probability, ascending=False, kind="stable")
    top, spiked = top.head(round(0.01 * len(rows))), rows[Scored.max_price] > X
    halved = scored.assign(**{Scored.probability: scored[Scored.probability] / 2})
    for given, factor in ((scored, 1), (halved, 0.5)):
        found = diagnose(pairs(given), seed=1).extremes.iloc[0]
        assert found["hours"] == len(top)
        assert found["forecast"] == pytest.approx(factor * top[Scored.probability].mean())
        came = (top[Scored.max_price] > X).sum()
        assert found["came"].startswith(f"{came / len(top):.3f} [")
        assert found["share_of_spikes"] == pytest.approx(came / spiked.sum())


def test_bounds_that_hold_are_counted_apart_where_it_matters(scored):
    """They hold exactly the rows above 2 %."""
    ours = scored[scored[Scored.model] == Forecaster.MODEL]
    p = ours[Scored.probability]
    truth = p.where(p > 0.02, p + 0.5).clip(upper=1)
    bounds = {Scored.lower: (p - 0.01).clip(lower=0), Scored.upper: (p + 0.01).clip(upper=1)}
    rows = [
        scored.assign(**bounds),
        ours.assign(**bounds, **{Scored.model: Forecaster.TRUTH, Scored.probability: truth}),
    ]
    found = diagnose(pairs(pd.concat(rows, ignore_index=True)), seed=1).bounds.iloc[0]
    assert found["within_bounds"] == pytest.approx(
        (p[ours[Scored.max_price].notna()] > 0.02).mean()
    )
    assert found[WHERE] == 1


def test_climatology_has_no_skill_over_itself(table):
    for metric in ("brier_skill", "log_loss_skill"):
        assert value(table, metric, model="climatology") == 0


def test_baselines_equal_a_plain_count_of_what_was_known():
    config = parse_config(settings(nodes=["N"], thresholds=[50]))
    highest = hourly_noise(SeriesName.RT_MAX, "N", "2024-05-01", 20, 3)
    full = highest.assign(
        **{Observations.series: SeriesName.RT_COVERAGE.value, Observations.value: 1.0}
    )
    day = date(2024, 5, 15)
    data = archive_of_frames([pd.concat([highest, full], ignore_index=True)])
    hours = pd.date_range(utc("2024-05-01"), utc("2024-05-20 23:00"), freq="h")
    made = baseline_forecasts(data, hours, config, day, ["N"])
    seen = highest[highest[Observations.publish_time] <= issue_time(config, day)]
    local = seen[Observations.valid_time].dt.tz_convert("America/Chicago")
    for hour in (0, 7, 18):
        of_hour = seen[local.dt.hour == hour].sort_values(Observations.valid_time)
        spikes = of_hour[Observations.value] > 50
        target = pd.Timestamp(horizon_start(config, day)) + pd.Timedelta(hours=hour)
        rows = made[made[Forecast.valid_time] == target].set_index(Scored.model)
        got = rows[Forecast.probability]
        np.testing.assert_allclose(got["climatology"], (spikes.sum() + 0.5) / (len(spikes) + 2))
        assert got["persistence"] == float(spikes.iloc[-1])
    assert len(made) == 72 * len(BASELINES)


def test_a_window_is_every_day_of_it():
    assert [d.day for d in days(date(2024, 2, 28), date(2024, 3, 1))] == [28, 29, 1]
