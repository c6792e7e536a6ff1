"""The same backtest by skforecast, mlforecast and darts, beside ours from raw files.

Same nodes, features, issue days, refits, rounds and threads. A peer starts from matrices in memory
and learns an hour once, from the features of its first day ahead; ours learns it at three leads,
and tests, scores and stores what it does. With --peer-days 20 a peer does the last 20 days, counted
as often as it takes to fill --days: each refit costs it the same. With --bare-every N the bare loop
of `backtest` runs beside. The peers' environment is made once, beside ours, from
requirements-peers.txt; where it cannot be, that is said and ours stands alone.
"""

import argparse
import json
import subprocess
import venv
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.backtest import (
    END,
    MOST,
    RUN,
    again,
    bare,
    fresh,
    say_rerun,
    say_size,
    settings_of,
    size,
)
from benchmarks.measure import say_ratio
from benchmarks.peer_worker import DAY, GAP, HORIZON, PEERS
from benchmarks.pipeline import ROOT, WORK, config_of, open_learned, say_stages
from rtlmp.asof.labels import known_labels
from rtlmp.asof.vintages import EPOCH, US_PER_HOUR, to_us
from rtlmp.clock import horizon_start
from rtlmp.config import Config
from rtlmp.features.history import concat_history
from rtlmp.models.boosted import parameters

FOLDER: Final = ROOT / "benchmarks"
OURS: Final = {"objective", "base_score", "nthread", "seed"}  # named otherwise by a peer


def options(parser: argparse.ArgumentParser) -> None:
    size(parser)
    parser.add_argument("--venv", type=Path, default=WORK / "peers", help="the peers' environment")
    parser.add_argument("--peer-days", type=int, help="that a peer does; all of them")
    parser.add_argument("--bare-every", type=int, help="as in `backtest`; without it, no bare loop")
    parser.add_argument("--only", nargs="+", choices=[*PEERS], default=[*PEERS])


def run(given: argparse.Namespace) -> None:
    python = environment(given.venv)
    settings = settings_of(given)
    config, work = config_of(settings), WORK / f"peers-{given.days}"
    say_size(given, config)
    [pool] = config["pools"]
    peer_days = given.peer_days or given.days
    ours, rerun, loops = [], [], list[float]()
    theirs = {name: list[float | None]() for name in given.only if python}
    for _ in range(given.runs):
        ours.append(fresh(work, settings))
        rerun.append(again(work, settings))
        if given.bare_every:
            loops.append(bare(work / RUN, pool, config, 1, given.bare_every))
        if python:
            task = lay_out(work, config, peer_days)
            for name, took in theirs.items():
                took.append(peer(python, name, task))
        last: dict[str, Sequence[float | None]] = {"ours": ours, "bare": loops, **theirs}
        print({name: took[-1] for name, took in last.items() if took}, flush=True)  # s
    if given.bare_every:
        say_ratio("backtest / bare loop, nthread=2", ours, loops, MOST)
    for name, took in theirs.items():
        whole = [each * given.days / peer_days for each in took if each]
        if len(whole) == len(ours):
            say_ratio(f"backtest / {name}", ours, whole, 1)
    say_stages(work, ours[-1])
    say_rerun(rerun, given.days)


def environment(folder: Path) -> Path | None:
    """The Python of the environment in `folder`, made if need be."""
    python, made = folder / "bin/python", folder / "made"
    if not made.exists():
        try:
            venv.create(folder, with_pip=True)
            wanted = FOLDER / "requirements-peers.txt"
            called(python, "-m", "pip", "install", "--quiet", "-r", wanted)
        except (OSError, subprocess.CalledProcessError) as problem:
            print(f"peers: their environment cannot be made in {folder}: {last_words(problem)}")
            return None
        made.touch()
    return python


def called(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def last_words(problem: Exception) -> str:
    """Of a program that failed, else of the problem."""
    said = problem.stderr or "" if isinstance(problem, subprocess.CalledProcessError) else ""
    return (said.strip().splitlines() or [str(problem)])[-1]


def peer(python: Path, name: str, task: Path) -> float | None:
    """Seconds of the peer's backtest; None, and why, when it failed."""
    try:
        said = called(python, FOLDER / "peer_worker.py", name, task)
    except subprocess.CalledProcessError as problem:
        print(f"{name}: failed: {last_words(problem)}")
        return None
    return float(said.split()[-1])


def lay_out(work: Path, config: Config, origins: int) -> Path:
    """The peers' task, from what ours learned: hours in a row, the last vintage of each."""
    [pool] = config["pools"]
    parts, prices = open_learned(work / RUN, pool)
    rows = concat_history(parts)
    train = config["history_days"] * DAY
    end = to_us(horizon_start(config, END)) // US_PER_HOUR + HORIZON
    hours = range(end - train - GAP - HORIZON - DAY * (origins - 1), end)
    inside = np.flatnonzero((rows.hour >= hours.start) & (rows.hour < hours.stop))
    order = inside[np.argsort(rows.issued[inside], kind="stable")]
    x = np.full((len(rows.nodes), len(hours), len(rows.design)), np.nan, dtype=np.float32)
    x[rows.node[order], rows.hour[order] - hours.start] = rows.x[order]
    later = datetime.max.replace(tzinfo=EPOCH.tzinfo)
    known = known_labels(prices, later, hours, config["score_coverage"])
    highest = np.nan_to_num([known[node].highest for node in rows.nodes])
    said: dict[str, Any] = {
        "start": (EPOCH + timedelta(hours=hours.start)).replace(tzinfo=None).isoformat(),
        "origins": origins,
        "train": train,
        "every": config["retrain_every_days"],
        "model": model(config),
    }
    path = work / "task.npz"
    passed = np.searchsorted(np.sort(config["thresholds"]), highest, side="left")
    np.savez(path, x=x, y=passed, said=json.dumps(said))
    return path


def model(config: Config) -> dict[str, Any]:
    """Parameters of ours as XGBClassifier names them, on both cores."""
    ours = parameters(config["model"], config["seed"])
    kept = {k: v for k, v in ours.items() if k not in OURS}
    return {
        **kept,
        "n_estimators": config["model"]["rounds"],
        "n_jobs": 2,
        "random_state": config["seed"],
    }
