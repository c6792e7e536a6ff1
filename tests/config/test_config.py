"""A mistake in the config stops before the first rule, and says what was wrong."""

import re

import pytest
import yaml

from rtlmp.config import parse_config, threshold_name
from rtlmp.config.errors import RENAMED, RETIRED
from rtlmp.config.model import SETTINGS
from tests.helpers.build import ROOT, settings

BAD = {
    "unknown key": ({"threshold": [50]}, "threshold"),
    "unknown model key": (
        {"model": {"depth": 3}},
        r"model\.depth: unknown; did you mean max_depth",
    ),
    "too many trees": ({"model": {"rounds": 50_000}}, r"model\.rounds: want 1\.\.1000 \(got 50000"),
    "too deep": ({"members": [{"max_depth": 30}]}, r"members\.0\.max_depth: want 2\.\.9 \(got 30"),
    "too short": ({"model": {"half_life_days": 1}}, r"half_life_days: want 30 and up \(got 1"),
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
    "hour alone": ({"issue_time": 10}, r"issue_time: a local time in quotes: .10:00. \(got 10\)"),
    "minutes of a day and more": ({"issue_time": 1440}, "issue_time: a local time in quotes"),
    "true is no clock": ({"issue_time": True}, "issue_time: a local time in quotes"),
    "embargo shorter than a horizon": ({"validation": {"embargo_days": 1}}, r"embargo_days.*got 1"),
    "grid not rising": ({"model": {"grid": [50, 25]}}, "model.grid"),
    "threshold off the grid": ({"thresholds": [9000]}, "9000.*model.grid 25"),
}


@pytest.mark.parametrize("case", BAD)
def test_mistakes_are_named(case):
    change, words = BAD[case]
    with pytest.raises(ValueError, match=words):
        parse_config(settings(**change))


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_name_is_refused_with_the_new_one(old):
    new = RENAMED[old]
    [group] = [key for key in ("model", "gate") if new in settings()[key]] or [None]
    with pytest.raises(ValueError, match=rf"\b{old}: renamed: use {new} "):
        parse_config(settings(**({group: {old: 1}} if group else {old: 1})))


def test_an_old_name_is_refused_in_members_and_challengers():
    challenger = {"retrain_every_days": 2, "member": {"parts": 2}}
    changes = {"members": [{}, {"parts": 2}], "challengers": {"a": challenger}}
    where = r"members\.1\.parts: renamed.*challengers\.a\.member\.parts: renamed: use row_blocks"
    with pytest.raises(ValueError, match=where):
        parse_config({**settings(), **changes})


@pytest.mark.parametrize("name", RETIRED)
def test_an_estimator_that_left_is_refused_with_what_to_use(name):
    words = "left the registry: use 'hazard'.*climatology and persistence are baselines"
    with pytest.raises(ValueError, match=words):
        parse_config(settings(model={"estimator": name}))


def test_settings_of_a_model_say_the_same_in_the_file_and_at_the_declaration():
    lines = dict(re.findall(r"^  (\w+): .*?# (.*)$", (ROOT / "config.yaml").read_text(), re.M))
    raw = settings()
    assert raw["model"] == {key: setting.default for key, setting in SETTINGS.items()}
    assert raw["tune"]["space"] == {k: [*s.tuned] for k, s in SETTINGS.items() if s.tuned}
    for key, setting in SETTINGS.items():
        assert lines[key].startswith(setting.about)
        if setting.low > float("-inf"):
            assert lines[key].endswith(f", {setting.range()}")


def test_what_a_model_leaves_out_and_an_empty_space_are_as_declared():
    raw = settings()
    bare = parse_config({**raw, "model": {}, "tune": {**raw["tune"], "space": {}}})
    whole = parse_config(raw)
    assert [*bare["model"].items()] == [*whole["model"].items()]
    assert [*bare["tune"]["space"]] == [*whole["tune"]["space"]]
    for key, setting in SETTINGS.items():
        assert setting.check(bare["model"][key]) == setting.default


def test_examples_are_valid():
    for path in sorted((ROOT / "config").glob("*.yaml")):
        parse_config(settings(**yaml.safe_load(path.read_text())))


def test_a_wrong_value_that_aliases_make_endless_is_refused_at_once():
    bomb: object = "x"
    for _ in range(30):
        bomb = [bomb] * 9
    with pytest.raises(ValueError, match="nodes") as caught:
        parse_config(settings(nodes=bomb))
    assert len(str(caught.value)) < 1_000_000


def test_yaml_without_quotes_means_the_clock_all_the_same():
    assert parse_config(settings(issue_time=600))["issue_time"] == "10:00"


def test_thresholds_stand_in_paths_as_a_person_writes_them():
    assert [threshold_name(x) for x in (50, 100.0, 52.5)] == ["50", "100", "52.5"]
