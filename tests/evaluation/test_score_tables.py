"""Scenarios, comparisons and what they refuse."""

from datetime import date

import pandas as pd
import pytest

from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scenarios import latest_issued, matched_runs, scenario_rows
from rtlmp.evaluation.score_tables import (
    all_metrics,
    decisions,
    metrics_by,
    reliability_table,
    significance,
)
from rtlmp.evaluation.scores import score_table
from rtlmp.evaluation.tables import MetricsBy, Reliability, Significance
from rtlmp.schemas.core import Metrics, Scored
from tests.helpers.backtest import TZ, finished


def test_a_scenario_keeps_its_window_nodes_thresholds_and_local_hours():
    part = scenario_rows(
        finished(), {"start": date(2024, 3, 3), "end": date(2024, 3, 5), "hours": [18, 19]}, TZ
    )
    assert part[Scored.issue_time].nunique() == 3
    assert set(part[Scored.valid_time].dt.tz_convert(TZ).dt.hour) == {18, 19}


def test_an_empty_scenario_says_what_there_is():
    with pytest.raises(ValueError, match=r"no forecast in it.*2024-03-01 to 2024-03-12.*\['N'\]"):
        scenario_rows(finished(), {"start": date(2025, 1, 1), "end": date(2025, 1, 2)}, TZ)


def test_the_freshest_forecast_covers_every_hour_once_across_a_clock_change():
    rows = latest_issued(finished(days=14))
    model = rows[rows[Scored.model] == "model"].sort_values(Scored.valid_time)
    hours = model[Scored.valid_time]
    assert (hours.diff().dropna() == pd.Timedelta("1h")).all()


def test_better_probabilities_are_found_better_and_significantly():
    tests = (
        significance(pairs(finished(days=40)))
        .set_index(
            [Significance.model, Significance.versus, Significance.loss, Significance.lead_day]
        )
        .sort_index()
    )
    best = tests.loc[("model", "climatology", "brier", 0)]
    assert (best[Significance.difference] < 0).all()
    assert (best[Significance.p_value] < 0.05).all()


def test_two_runs_are_judged_on_the_questions_they_share():
    ours, theirs = finished(), finished(start="2024-03-05")
    both = matched_runs(ours, theirs, ("a", "b"))
    assert set(both[Scored.model]) == {"a", "b", "climatology", "persistence"}
    assert both[Scored.issue_time].min() == theirs[Scored.issue_time].min()
    tests = significance(pairs(both))
    same = tests[(tests[Significance.model] == "a") & (tests[Significance.versus] == "b")]
    assert (same[Significance.difference] == 0).all()
    assert same[Significance.p_value].isna().all()


def test_runs_with_nothing_in_common_are_refused():
    with pytest.raises(ValueError, match="runs a and b share no"):
        matched_runs(finished(days=2), finished(start="2025-01-01", days=2), ("a", "b"))


def test_every_table_is_made_and_checked():
    scored = finished()
    by = metrics_by(pairs(scored), TZ, 7)
    assert set(by[MetricsBy.by]) == {"hour", "month"}
    rows = by[
        (by[Metrics.metric] == "rows")
        & (by[Metrics.model] == "model")
        & (by[Metrics.location] == "ALL")
    ]
    assert rows[rows[MetricsBy.by] == "month"][Metrics.value].sum() == 12 * 72
    plain = set(score_table(pairs(scored), 7)[Metrics.metric])
    assert set(all_metrics(pairs(scored), 7, "both")[Metrics.metric]) - plain == {
        "miscalibration", "discrimination", "uncertainty", "twcrps"
    }  # fmt: skip
    assert len(decisions(pairs(scored), [0.1, 0.3])) == 3 * 2 * 4 * 2 * 8
    assert (
        reliability_table(pairs(scored), 7)[Reliability.rows].groupby(level=0).sum().sum()
        == 3 * 12 * 72
    )
