"""What each job reads and when, and what its rule says of it."""

import subprocess
import sys
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from snakemake.io import AnnotatedString
from snakemake.iocontainers import Wildcards

from rtlmp.config import parse_config
from rtlmp.config.jobs import ReplaySettings
from rtlmp.pipeline import rules
from rtlmp.pipeline.plan import Plan
from tests.helpers.build import ROOT, settings

AUXILIARY = {
    "OLD": {"price": "rt_spp", "at": "HB_NORTH", "start": "2023-01-01", "end": "2023-12-31"}
}
SMALL = {
    "nodes": ["N", "H", "W"],
    "pools": {"two": ["W", "N"], "one": ["H"]},
    "thresholds": [100],
    "history_days": 40,
    "synthetic": {"start": "2024-01-01", "end": "2024-03-20"},
    "backtest": {"start": "2024-02-27", "end": "2024-03-11"},
    "challengers": {"ridge": {"retrain_every_days": 10, "member": {"estimator": "logistic"}}},
    "data_denial": {"blind": ["load_forecast"]},
    "members": [{}, {"history_days": 20}],
}


def plan(**change) -> Plan:
    return Plan.of(parse_config(settings(**{**SMALL, **change})))


@pytest.fixture(scope="module")
def run():
    return plan()


def names(paths, parts=2):
    return ["/".join(path.split("/")[-parts:]) for path in paths]


def test_the_newest_issue_date_that_the_source_covers_is_the_run_s(run):
    assert (run.first, run.last, run.day) == (date(2024, 1, 1), date(2024, 3, 20), run.last)
    assert plan(date="2024-03-01").day == date(2024, 3, 1)
    with pytest.raises(ValueError, match="date 2024-03-21: synthetic has prices for issue dates"):
        plan(date="2024-03-21")


def test_months_reach_back_as_far_as_features_and_auxiliary_nodes_do(run):
    assert run.raw_months == ["2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03"]
    assert run.price_months == run.raw_months[3:]
    assert run.known_months("2024-03") == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert run.issued("2024-03") == (date(2024, 3, 1), date(2024, 3, 20))
    assert plan(auxiliary_nodes=AUXILIARY).raw_months[0] == "2022-10"


def test_models_are_not_older_than_the_first_week_of_prices(run):
    first = [d.day for d in run.candidates(date(2024, 1, 10))]
    assert first == [9]  # the 7th and the 5th have next to nothing to train on
    served = [date(2024, 3, 10), date(2024, 3, 11)]
    assert [d.day for d in run.dated_models(served)] == [3, 5, 7, 9, 11]
    ungated = plan(gate={"days": 0})
    assert [d.day for d in ungated.dated_models(served)] == [5, 7, 9, 11]
    assert run.serving("2024-03-10") == ["2024-03-09", "2024-03-07", "2024-03-05"]


def test_a_month_of_a_backtest_holds_its_own_days_only(run):
    assert run.replayed[:2] == [("two", "2024-02"), ("two", "2024-03")]
    assert [d.day for d in run.backtest_days("2024-02")] == [27, 28, 29]
    assert len(run.backtest_days()) == 14
    assert [*run.replay_serving("2024-02")] == ["2024-02-27", "2024-02-28", "2024-02-29"]
    assert run.covers_backtest


@pytest.mark.parametrize(
    ("name", "window", "words"),
    [
        ("backtest", {"end": "2024-04-01"}, "backtest 2024-02-27 to 2024-04-01: synthetic has"),
        ("validation", {"start": "2024-09-01", "end": "2024-10-01"}, "validation 2024-09-01 to"),
        ("validation", {"embargo_days": 3}, "embargo_days: .*equal to 4"),
        ("tune", {"start": "2024-02-01", "end": "2024-02-26"}, "tune 2024-02-01 to 2024-02-26"),
    ],
)
def test_a_window_that_does_not_fit_is_refused_with_its_spans(name, window, words):
    with pytest.raises(ValueError, match=words):
        plan(**{name: {**SMALL.get(name, {}), **window}}).window(name)


def test_training_reads_its_history_and_what_auxiliary_nodes_add():
    w = SimpleNamespace(pool="one", date="2024-02-01")
    got = plan(auxiliary_nodes=AUXILIARY).training(w)
    assert names(got["history"]) == ["one/2024-01.arrow", "one/2024-02.arrow"]
    assert names(got["hourly"]) == ["hourly/2024-01.parquet", "hourly/2024-02.parquet"]
    assert names(got["auxiliary_history"]) == ["OLD/2023-12.arrow"]
    assert names(got["auxiliary_hourly"], 3) == ["auxiliary/hourly/2023-12.parquet"]


def test_an_update_reads_the_model_it_updates_and_what_it_would_start_from_nothing_with():
    made = plan(refit={"every": 4, "update_days": 14})
    days = [date(2024, 3, d) for d in (3, 5, 7, 9, 11)]
    [full] = [k for k in range(4) if made.base(days[k])]  # three of four start from nothing
    assert made.base(days[full]) == days[full] - timedelta(days=6)
    got = made.training(Wildcards(fromdict={"pool": "two", "date": str(days[full])}))
    assert names(got["base_cards"]) == [f"{days[full] - timedelta(days=6)}/card.json"]
    assert len(got["base_boosters"]) == 2
    assert names(got["history"], 1) == [f"2024-0{month}.arrow" for month in (1, 2, 3)]
    of = {"pool": "two", "date": str(days[full]), "challenger": "ridge"}
    assert made.training(Wildcards(fromdict=of))["base_cards"] == []
    assert not any(map(plan(model={"estimator": "logistic"}).base, days))
    assert made.base(date(2024, 1, 9)) is None  # what it would update has too little to stand on


def test_folds_read_from_the_first_day_trained_to_the_last_label(run):
    window = {"start": date(2024, 2, 20), "end": date(2024, 2, 28)}
    assert run.fold_span(window) == (date(2024, 1, 7), date(2024, 3, 3))
    got = run.folds(window)
    assert names(got["features"]) == ["N/2024-02.parquet", "H/2024-02.parquet", "W/2024-02.parquet"]
    assert names(got["hourly"], 1) == ["2024-01.parquet", "2024-02.parquet", "2024-03.parquet"]


def test_a_replay_reads_its_pool_and_every_model_that_may_serve(run):
    w = SimpleNamespace(pool="two", month="2024-02", challenger="ridge", denied="blind")
    got = run.replay(w)
    assert names(got["features"]) == ["W/2024-02.parquet", "N/2024-02.parquet"]
    assert names(got["cards"])[0] == "2024-02-20/card.json"
    assert len(got["boosters"]) == 2 * len(got["cards"])  # two members
    denied = run.replay_denied(w)
    assert denied["features"][0] == f"{run.root}/data_denial/blind/features/W/2024-02.parquet"
    assert {k: v for k, v in denied.items() if k != "features"} == {
        k: v for k, v in got.items() if k != "features"
    }
    other = run.replay_challenger(w)
    assert other["history"] == []
    assert names(other["boosters"], 4) == ["ridge/two/2024-02-24/booster.ubj"]


def test_other_replays_pair_with_the_model_s_file_by_file(run):
    assert [*run.other_replays] == ["ridge", "blind"]
    for paths in (run.replays(), *run.other_replays.values()):
        assert [tuple(p.removesuffix(".parquet").split("/")[-2:]) for p in paths] == run.replayed


def test_a_forecast_has_all_nodes_and_a_day_report_what_was_known(run):
    got = run.forecast(SimpleNamespace(date="2024-03-01"))
    assert names(got["features"]) == ["N/2024-03.parquet", "H/2024-03.parquet", "W/2024-03.parquet"]
    assert got["cards"][0].startswith(f"{run.root}/model/two/")
    both = run.issued_on("2024-02-29", "2024-03-01")
    assert len(both["features"]) == 6
    page = run.daily_report(SimpleNamespace(date="2024-01-02"))
    assert names(page["earlier"], 1) == ["2024-01-01.parquet"]  # none before the first
    assert {path.split("/")[-1] for path in page["raw"]} == {"2023-12.parquet", "2024-01.parquet"}


def test_paths_that_a_storage_prefix_marks_expand_as_others_do(run):
    marked = AnnotatedString(f"s3://bucket/{run.root}/x/{{pool}}.parquet")
    assert run.paths_of([marked], pool=["a", "b"]) == [f"{run.root}/x/{p}.parquet" for p in "ab"]


def test_a_rule_hands_over_the_settings_that_its_script_opens():
    config = parse_config(settings(**SMALL))
    got = rules.job_params(config, "replay.py")
    assert [*got["config"]] == [*ReplaySettings.__annotations__]
    assert rules.job_params(config, "replay.py", gate=0)["config"] == {**got["config"], "gate": 0}
    assert [*rules.job_params(config, "raw.py")] == ["script", "code"]


@pytest.mark.parametrize(
    "script", sorted(p.name for p in rules.SCRIPTS.glob("*.py") if p.name != "run.py")
)
def test_every_script_opens_one_job_with_settings_that_there_are(script):
    kind = rules.settings_of(script)
    assert (kind is None) == ("job.config" not in (rules.SCRIPTS / script).read_text())


def test_a_job_asks_for_twice_as_much_each_time_it_is_tried():
    needs = rules.job_resources(1000, 2, 20)
    assert [needs["mem_mb"](None, attempt) for attempt in (1, 2, 3)] == [6000, 12000, 24000]
    assert needs["runtime"](None, 1) == 120


def test_a_pattern_without_names_matches_no_file():
    assert rules.one_of(["a.b", "c"]) == r"a\.b|c"
    assert rules.one_of([]) == "none"


@pytest.mark.parametrize("body", ["import warnings; warnings.warn('odd')", "1 / 0"])
def test_what_a_script_says_on_stderr_is_in_its_log_too(tmp_path, body):
    script = f"""from types import SimpleNamespace as S
snakemake = S(input=[], output=[], config={{}},
              params=S(config={{"auxiliary_nodes": {{}}, "run": "x"}}),
              wildcards=S(date="2024-03-01"), log=[{str(tmp_path / "log")!r}])
from rtlmp.config.jobs import AuxiliarySettings
from rtlmp.pipeline.job import Job
job = Job(AuxiliarySettings)
print(job.day, job.config)
{body}
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "2024-03-01 {'auxiliary_nodes': {}}\n"
    assert ("odd" if "odd" in body else "ZeroDivisionError") in (tmp_path / "log").read_text()
    assert done.stderr == (tmp_path / "log").read_text()  # the terminal has it, too


def test_no_battery_stands_at_a_difference(run):
    assert run.sold_at(["N", "H"]) == ["N", "H"]
    with pytest.raises(ValueError, match=r"sell 'N minus H', a difference: .* N or H"):
        run.sold_at(["W", "N minus H"])


def test_shadow_prices_of_the_synthetic_market_are_kept_where_named(run):
    named = plan(live={"fetch": ["shadow_price", "gas_price"]})
    assert [*named.series] == [*run.series, "shadow_price"]
    assert "shadow_price" not in str(named.known_raw(Wildcards(fromdict={"month": "2024-03"})))
