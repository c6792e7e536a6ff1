"""One training of the pool with two years of history, against bare `xgboost.train`.

Ours: the script of rule `train`, from the mapped history files to the saved model, once in this
process and once as a job of its own, a new Python. Bare: QuantileDMatrix and xgboost.train on the
same parts of the stacked rows, in memory, the same parameters, rounds and threads.
"""

import argparse
import runpy
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from snakemake.iocontainers import InputFiles

from benchmarks.bare import fit, tasks
from benchmarks.measure import say_machine, say_ratio, seconds
from benchmarks.pipeline import (
    ROOT,
    WORK,
    alone,
    config_of,
    described,
    learned,
    open_learned,
    settings_of,
    snakemake,
)
from rtlmp.config import Config

SCRIPT: Final = ROOT / "workflow/scripts/train.py"
MOST: Final = 2.0  # times the bare training


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="a config file, for instance config/ercot-2024.yaml")
    parser.add_argument("--date", type=date.fromisoformat, default=date(2025, 3, 1))
    parser.add_argument("--history-days", type=int, default=730)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=WORK / "training", help="files are kept here")


def run(given: argparse.Namespace) -> None:
    settings = settings_of(given.config) | {"history_days": given.history_days}
    config = config_of(settings)
    pool, day, work = next(iter(config["pools"])), given.date, given.work.resolve()
    place = Path("results") / config["run"]
    snakemake(work, settings, f"{place}/model/{pool}/{day}/card.json")
    result = work / place
    todo = tasks(*open_learned(result, pool), config, day)
    say_machine()
    shapes = [part.x.shape for task in todo for part in task.parts]
    shape = f"{sum(rows for rows, _ in shapes):,} x {shapes[0][1]} in {len(shapes)} parts"
    print(
        f"run {config['run']}, {len(config['pools'][pool])} nodes, {given.history_days} days of "
        f"history: stacked matrix {shape}; {config['model']['rounds']} rounds, "
        f"{config['model']['threads']} thread(s)"
    )
    with tempfile.TemporaryDirectory() as out:
        job = job_of(result, Path(out), pool, day, config)
        rounds = [
            (
                seconds(lambda: [fit(task, task.model["threads"]) for task in todo]),
                seconds(lambda: runpy.run_path(str(SCRIPT), {"snakemake": job}, "__main__")),
                seconds(lambda: alone(SCRIPT, job, Path(out))),
            )
            for _ in range(given.runs)
        ]
    bare, inside, whole = zip(*rounds, strict=True)
    say_ratio("training, in one process / bare", inside, bare, MOST)
    say_ratio("training, a whole job / bare", whole, bare, MOST)


def job_of(result: Path, out: Path, pool: str, day: date, config: Config) -> SimpleNamespace:
    """The job as its script sees it, on the files that Snakemake made for this one model."""
    history, hourly = learned(result, pool)
    given = {"history": history, "hourly": hourly}
    for key in ("auxiliary_history", "auxiliary_hourly", "base_boosters", "base_cards"):
        given[key] = []
    boosters = [out / f"{k}.ubj" for k in range(len(config["members"]))]
    return described(
        input=InputFiles(fromdict=given),
        output=SimpleNamespace(boosters=boosters, card=out / "card.json"),
        wildcards=SimpleNamespace(pool=pool, date=day.isoformat()),
        params=SimpleNamespace(config=config),
    )
