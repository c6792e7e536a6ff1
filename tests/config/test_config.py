"""A mistake in the config stops before the first rule, and says what was wrong."""

import re
from pathlib import Path

import pytest
import yaml
from snakemake.utils import update_config

from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config, threshold_name
from rtlmp.config.errors import RENAMED, RETIRED
from rtlmp.config.model import SETTINGS
from rtlmp.io.files import folder_name
from rtlmp.sources.registry import series_of
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
    "node misspelt in a pool": (
        {"pools": {"a": ["HB_NRTH", "HB_HOUSTON", "HB_WEST"]}},
        r"every node once.*did you mean HB_NORTH\?",
    ),
    "series misspelt": ({"data_denial": {"a": ["laod"]}}, r"\['laod'\]; did you mean load\?"),
    "alert at a stranger": (
        {"alerts": [{"node": "HB_WST", "above": 200, "probability": 0.1}]},
        r"alerts has \['HB_WST'\].*did you mean HB_WEST\?",
    ),
    "alert above no threshold": (
        {"alerts": [{"node": "HB_WEST", "above": 150, "probability": 0.1}]},
        r"alerts are above \[150.0\]: thresholds",
    ),
    "bad clock": ({"issue_time": "10"}, "issue_time"),
    "hour alone": ({"issue_time": 10}, r"issue_time: a local time in quotes: .10:00. \(got 10\)"),
    "minutes of a day and more": ({"issue_time": 1440}, "issue_time: a local time in quotes"),
    "no such horizon": ({"horizon": "tonight"}, "horizon: .*next_hour.*tonight"),
    "true is no clock": ({"issue_time": True}, "issue_time: a local time in quotes"),
    "embargo shorter than a horizon": ({"validation": {"embargo_days": 1}}, r"embargo_days.*got 1"),
    "grid not rising": ({"model": {"grid": [50, 25]}}, "model.grid"),
    "cost of nothing": ({"costs": {"shapin": "supply"}}, r"costs: \['shapin'\]: want"),
    "cost with a price that sums others": (
        {"costs": {"supply": ["all", 3], "fuel": ["supply", 2]}},
        r"costs: \['supply'\]",
    ),
    "cost below one that is known": ({"costs": {"fee": ["shaping", 2]}}, r"costs: \['shaping'\]"),
    "a known cost said again": ({"costs": {"energy": ["lmp", 2]}}, r"costs: \['energy'\]"),
    "a sum under a known name": ({"costs": {"fee": ["energy", 2]}}, r"costs: \['energy'\]"),
    "costs in a circle": (
        {"costs": {"wholesale": "supply", "supply": "wholesale"}},
        r"costs: parents of .*'supply'.* lead in a circle",
    ),
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
    for key, setting in SETTINGS.items():
        assert lines[key].startswith(setting.about)
        if setting.low > float("-inf"):
            assert lines[key].endswith(f", {setting.range()}")


def test_what_a_model_leaves_out_and_an_empty_space_are_as_declared():
    raw = settings()
    bare = parse_config({**raw, "model": {}, "tune": {**raw["tune"], "space": {}}})
    whole = parse_config(raw)
    assert [*bare["model"].items()] == [*whole["model"].items()]
    assert whole["tune"]["space"] == {k: s.tuned for k, s in SETTINGS.items() if s.tuned}
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


def test_a_run_without_a_name_has_that_of_its_source():
    assert parse_config(settings())["run"] == "synthetic"
    assert parse_config(settings(source="files", data_dir="."))["run"] == "files"
    assert parse_config(settings(source="files", data_dir=".", run="mine"))["run"] == "mine"


def test_yaml_without_quotes_means_the_clock_all_the_same():
    assert parse_config(settings(issue_time=600))["issue_time"] == "10:00"


def test_thresholds_stand_in_paths_as_a_person_writes_them():
    assert [threshold_name(x) for x in (50, 100.0, 52.5)] == ["50", "100", "52.5"]


NAMES = ["HUD VL", ".H.INTERNAL_HUB", "..", "A/B+C%20", "A/B C%20", "~2E", "MÜNCHEN", "x{y}"]
NAMES += ["L" * 300, "L" * 301]


def test_any_name_of_a_market_is_a_node_and_has_a_folder_of_its_own():
    raw = settings(market="NYISO", nodes=[*NAMES, 51288, " HB_NORTH "])
    nodes = parse_config(raw)["nodes"]
    assert nodes == [*NAMES, "51288", "HB_NORTH"]
    folders = [folder_name(node) for node in nodes]
    assert len({*folders}) == len(nodes)
    assert all(re.fullmatch(r"[\w~-][\w.~-]{0,119}", f, re.ASCII) for f in folders)
    assert folder_name("7RNCHSLR_ALL") == "7RNCHSLR_ALL"  # promise 2
    for bad in ("", " ", None, True, 1.5):
        with pytest.raises(ValueError, match=r"nodes\.0"):
            parse_config(settings(nodes=[bad]))


def test_names_that_a_file_system_folds_together_are_refused_on_it(monkeypatch):
    raw = settings(nodes=["Hud", "HUD"])
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert parse_config(raw)["nodes"] == ["Hud", "HUD"]
    monkeypatch.setattr(Path, "exists", lambda _: True)
    with pytest.raises(ValueError, match=r"does not tell a from A.*'Hud', 'HUD'"):
        parse_config(raw)


def merged(*files):
    """The config as Snakemake makes it from config.yaml and files after it."""
    raw = settings()
    for file in files:
        update_config(raw, file)
    return parse_config(raw)


def test_a_map_of_the_user_s_stands_instead_of_the_default():
    points, space = {"los_angeles": (34.05, -118.24)}, {"max_depth": (3, 5)}
    mine = {"market": "CAISO", "live": {"weather": {"points": points}}, "tune": {"space": space}}
    assert merged(mine)["live"]["weather"]["points"] == points
    assert merged(mine)["tune"]["space"] == space
    assert len(merged()["live"]["weather"]["points"]) == 6
    for none in ({"market": "CAISO"}, {"live": {"weather": {"points": None}}}):
        config = merged({"source": "live", "start": "2026-10-01"}, none)
        assert config["live"]["weather"]["points"] is None
        assert SeriesName.WEATHER_WIND not in series_of(config)


def test_null_takes_out_what_an_earlier_file_put_in():
    member = {"retrain_every_days": 2, "member": {}}
    window = {"start": "2024-07-01", "end": "2024-07-02"}
    first = {"challengers": {"a": member, "b": member}, "scenarios": {"s": window},
             "data_denial": {"d": ["load"]}, "tune": {"space": {"max_depth": [3, 5]}}}  # fmt: skip
    gone = {"challengers": {"a": None}, "scenarios": {"s": None}, "data_denial": {"d": None},
            "tune": {"space": {"max_depth": None}}}  # fmt: skip
    config = merged(first, gone)
    assert [*config["challengers"]] == ["b"]
    assert config["scenarios"] == config["data_denial"] == {}
    assert config["tune"]["space"] == merged()["tune"]["space"]
