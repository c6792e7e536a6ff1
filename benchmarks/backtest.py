"""A backtest from raw files, against a bare loop over the same matrices in memory.

Ours: `snakemake --cores 2 backtest` on a folder of observations, three hubs pooled, four
thresholds, retraining every second day. Bare: for each of the models that ours trained
QuantileDMatrix and xgboost.train on the same parts of the same stacked rows, turn by turn, and for
each issue date predict on the same rows by the models that served it; laying out the matrices is
not counted. nthread=2, the machine; with --beside also one thread each, two trainings side by side.
With --bare-every 8 the bare loop trains each eighth model and counts it eight times. Then where
ours went, and the no-op rerun.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

import xgboost as xgb

from benchmarks.bare import Ask, Task, ask, fit, tasks
from benchmarks.measure import say_machine, say_ratio, seconds, timed
from benchmarks.pipeline import (
    CORES,
    WORK,
    Settings,
    config_of,
    open_learned,
    raw_files,
    say_stages,
    snakemake,
)
from rtlmp.asof.vintages import to_us
from rtlmp.clock import issue_time
from rtlmp.config import Config
from rtlmp.features.history import HistoryRows

MOST: Final = 1.25  # times the bare loop
YEAR: Final = 365  # days: the aims are for this
AIM: Final = "  (target: under 15)"
END: Final = date(2024, 12, 30)  # last issue date
RUN: Final = Path("results/bench")
AT_ONCE: Final = 8  # matrices in memory


def size(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=30, help="issue days; the aim is for 365")
    parser.add_argument("--history-days", type=int, default=730)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--runs", type=int, default=1)


def options(parser: argparse.ArgumentParser) -> None:
    size(parser)
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--bare-every", type=int, default=1)


def settings_of(given: argparse.Namespace, nodes: Sequence[str] = ()) -> Settings:
    """Of a backtest whose first model already has all of its history."""
    start = END - timedelta(days=given.days - 1)
    first = start - timedelta(days=given.history_days + 10)
    raw = raw_files(first, END + timedelta(days=4), nodes)
    return {
        "run": RUN.name,
        "source": "files",
        "data_dir": str(raw),
        "history_days": given.history_days,
        "backtest": {"start": start, "end": END},
        "model": {"rounds": given.rounds},
    }


def say_size(given: argparse.Namespace, config: Config) -> None:
    say_machine()
    print(
        f"{given.days} issue days, {len(config['nodes'])} nodes in one pool, "
        f"{len(config['thresholds'])} thresholds, retrained every {config['retrain_every_days']} "
        f"days on {given.history_days} days, {given.rounds} rounds"
    )


def run(given: argparse.Namespace) -> None:
    settings = settings_of(given)
    config, work = config_of(settings), WORK / f"backtest-{given.days}"
    say_size(given, config)
    [pool] = config["pools"]
    ours, rerun, two, beside = [], [], [], []
    for _ in range(given.runs):
        ours.append(fresh(work, settings))
        rerun.append(again(work, settings))
        two.append(bare(work / RUN, pool, config, 1, given.bare_every))
        if given.beside:
            beside.append(bare(work / RUN, pool, config, 2, given.bare_every))
    say_ratio("backtest / bare loop, nthread=2", ours, two, MOST)
    if beside:
        say_ratio("backtest / bare loop, two of nthread=1", ours, beside)
    say_stages(work, ours[-1])
    say_rerun(rerun, given.days)


def fresh(work: Path, settings: Settings) -> float:
    """Seconds of the backtest in an empty folder."""
    shutil.rmtree(work, ignore_errors=True)
    return seconds(lambda: snakemake(work, settings, "backtest"))


def again(work: Path, settings: Settings) -> float:
    """Seconds of asking for it once more."""
    took, said = timed(lambda: snakemake(work, settings, "backtest"))
    if "Nothing to be done" not in said:
        raise RuntimeError(f"the rerun ran something:\n{said}")
    return took


def say_rerun(took: Sequence[float], days: int) -> None:
    print(f"no-op rerun: {median(took):.1f} s{AIM if days == YEAR else ''}")


def bare(result: Path, pool: str, config: Config, workers: int, every: int) -> float:
    """Seconds in XGBoost for the models and forecasts that stand in `result`, on two cores."""
    threads, took, models = CORES // workers, 0.0, dict[str, list[xgb.Booster]]()
    dates = sorted(path.parent.name for path in result.glob(f"model/{pool}/*/card.json"))
    chosen = dates[::every]
    history, prices = open_learned(result, pool)
    with ThreadPoolExecutor(workers) as crew:

        def fitted(members: Sequence[Task]) -> list[xgb.Booster]:
            return [of for task in members if (of := fit(task, threads))]

        def all_fitted(todo: Sequence[Sequence[Task]]) -> list[list[xgb.Booster]]:
            return [*crew.map(fitted, todo)]

        for k in range(0, len(chosen), AT_ONCE):
            some = chosen[k : k + AT_ONCE]
            todo = [tasks(history, prices, config, date.fromisoformat(d)) for d in some]
            spent, made = timed(partial(all_fitted, todo))
            took += spent
            models |= zip(some, made, strict=True)
        of = {day: models[chosen[k // every]] for k, day in enumerate(dates)}
        asks = list(asked(result, pool, history, config))
        spent = seconds(lambda: list(crew.map(lambda one: answer(one, of), asks)))
        return took * len(dates) / len(chosen) + spent


def asked(result: Path, pool: str, history: Sequence[HistoryRows], config: Config) -> Iterator[Ask]:
    """What each issue date's forecast asks, and of which models: the gate's choice."""
    for path in sorted(result.glob(f"backtest/replay/{pool}/*.gate.json")):
        for day, served in json.loads(path.read_text())["serving"].items():
            at = to_us(issue_time(config, date.fromisoformat(day)))
            yield ask(history, at, served, config["model"]["grid"])


def answer(of: Ask, models: dict[str, list[xgb.Booster]]) -> None:
    for day in of.models:
        for booster in models[day]:
            booster.inplace_predict(of.x)
