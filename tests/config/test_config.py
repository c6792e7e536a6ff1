"""A mistake in the config stops before the first rule, and says what was wrong."""

import pytest

from rtlmp.config import parse_config, threshold_name
from tests.helpers.build import settings

BAD = {
    "unknown key": ({"threshold": [50]}, "threshold"),
    "unknown model key": ({"model": {"depth": 3}}, "model.depth"),
    "wrong type": ({"history_days": "two years"}, "history_days"),
    "impossible value": ({"label_coverage": 1.5}, "label_coverage"),
    "negative threshold": ({"thresholds": [-5]}, "thresholds.0"),
    "repeated node": ({"nodes": ["A", "A"]}, "listed twice"),
    "no folder": ({"source": "files"}, "data_dir"),
    "unknown market": ({"market": "EPEX"}, "EPEX.*ERCOT"),
    "backwards window": ({"backtest": {"start": "2025-03-01"}}, "backtest ends before"),
    "node without pool": ({"pools": {"a": ["HB_NORTH"]}}, "every node once"),
    "figure of a stranger": ({"figures": ["HB_PAN"]}, "figures.*HB_PAN"),
    "bad clock": ({"issue_time": "10"}, "issue_time"),
    "grid not rising": ({"model": {"grid": [50, 25]}}, "model.grid"),
    "threshold off the grid": ({"thresholds": [9000]}, "9000.*model.grid 25"),
}


@pytest.mark.parametrize("case", BAD)
def test_mistakes_are_named(case):
    change, words = BAD[case]
    with pytest.raises(ValueError, match=words):
        parse_config(settings(**change))


def test_yaml_without_quotes_means_the_clock_all_the_same():
    assert parse_config(settings(issue_time=600))["issue_time"] == "10:00"


def test_thresholds_stand_in_paths_as_a_person_writes_them():
    assert [threshold_name(x) for x in (50, 100.0, 52.5)] == ["50", "100", "52.5"]
