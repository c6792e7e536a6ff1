"""A backtest from raw files, against a bare loop over the same matrices in memory.

Ours: `snakemake --cores 2 backtest` on a folder of observations, three hubs pooled, four
thresholds, retraining every second day. Bare: for each of the models that ours trained
QuantileDMatrix and xgboost.train on the same stacked rows, and for each issue date predict on the
same rows by the models that served it; laying out the matrices is not counted. nthread=2, the
machine; for information also one thread each, two trainings side by side. Then the no-op rerun.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import xgboost as xgb

from benchmarks.bare import Ask, Task, ask, fit, tasks
from benchmarks.measure import say_machine, say_ratio, seconds, timed
from benchmarks.pipeline import WORK, Settings, config_of, open_learned, raw_files, snakemake
from rtlmp.archive import us
from rtlmp.clock import issue_time
from rtlmp.config import Config

MOST: Final = 1.25  # times the bare loop
AIM: Final = "  (target: under 15)"
END: Final = date(2024, 12, 30)  # last issue date
RUN: Final = Path("results/bench")
AT_ONCE: Final = 8  # matrices in memory


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=30, help="issue days; the aim is for 365")
    parser.add_argument("--history-days", type=int, default=730)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--runs", type=int, default=1)


def settings_of(given: argparse.Namespace) -> Settings:
    """Of a backtest whose first model already has all of its history."""
    start = END - timedelta(days=given.days - 1)
    raw = raw_files(start - timedelta(days=given.history_days + 10), END + timedelta(days=4))
    return {
        "run": RUN.name,
        "source": "files",
        "data_dir": str(raw),
        "history_days": given.history_days,
        "backtest": {"start": start, "end": END},
        "model": {"rounds": given.rounds},
    }


def run(given: argparse.Namespace) -> None:
    settings = settings_of(given)
    say_machine()
    config = config_of(settings)
    print(
        f"{given.days} issue days, {len(config['nodes'])} nodes in one pool, "
        f"{len(config['thresholds'])} thresholds, retrained every {config['retrain_every_days']} "
        f"days on {given.history_days} days, {given.rounds} rounds"
    )
    work = WORK / f"backtest-{given.days}"
    rounds = [once(work, settings) for _ in range(given.runs)]
    ours, rerun, two, beside = zip(*rounds, strict=True)
    say_ratio("backtest / bare loop, nthread=2", ours, two, MOST)
    say_ratio("backtest / bare loop, two of nthread=1", ours, beside)
    print(f"no-op rerun: {median(rerun):.1f} s{AIM if given.days == 365 else ''}")


class Once(NamedTuple):
    """Seconds."""

    ours: float
    rerun: float
    two: float
    beside: float


def once(work: Path, settings: Settings) -> Once:
    shutil.rmtree(work, ignore_errors=True)
    ours = seconds(lambda: snakemake(work, settings, "backtest"))
    rerun, said = timed(lambda: snakemake(work, settings, "backtest"))
    if "Nothing to be done" not in said:
        raise RuntimeError(f"the rerun ran something:\n{said}")
    config = config_of(settings)
    [pool] = config["pools"]
    return Once(ours, rerun, bare(work / RUN, pool, config, 1), bare(work / RUN, pool, config, 2))


def bare(result: Path, pool: str, config: Config, workers: int) -> float:
    """Seconds in XGBoost for the models and forecasts that stand in `result`, on two cores."""
    threads, took, models = 2 // workers, 0.0, dict[str, list[xgb.Booster]]()
    dates = sorted(path.parent.name for path in result.glob(f"model/{pool}/*/card.json"))
    history, prices = open_learned(result, pool)
    with ThreadPoolExecutor(workers) as crew:

        def fitted(members: Sequence[Task]) -> list[xgb.Booster]:
            return [fit(task, threads) for task in members]

        for k in range(0, len(dates), AT_ONCE):
            some = dates[k : k + AT_ONCE]
            todo = [tasks(history, prices, config, date.fromisoformat(d)) for d in some]
            spent, made = timed(lambda todo=todo: list(crew.map(fitted, todo)))
            took += spent
            models |= zip(some, made, strict=True)
        asks = list(asked(result, pool, config))
        return took + seconds(lambda: list(crew.map(lambda of: answer(of, models), asks)))


def asked(result: Path, pool: str, config: Config) -> Iterator[Ask]:
    """What each issue date's forecast asks, and of which models: the gate's choice."""
    history, _ = open_learned(result, pool)
    for path in sorted(result.glob(f"backtest/replay/{pool}/*.gate.json")):
        for day, served in json.loads(path.read_text())["serving"].items():
            at = us(issue_time(config, date.fromisoformat(day)))
            yield ask(history, at, served, config["model"]["grid"])


def answer(of: Ask, models: dict[str, list[xgb.Booster]]) -> None:
    for day in of.models:
        for booster in models[day]:
            booster.inplace_predict(of.x)
