"""The daily run of three hubs, from stored data: a day more of it, with a model due and without.

All that is older is there: raw months, features, history and models. Wall seconds of `snakemake
forecast`, start-up included, and seconds of CPU of all its processes; then those of each step.
"""

import argparse
import resource
import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
import yaml

from benchmarks.measure import say_machine, timed
from benchmarks.pipeline import CORES, ROOT, WORK, config_of, raw_files
from rtlmp.asof.vintages import EPOCH, ROW_GROUP
from rtlmp.clock import issue_time, model_date
from rtlmp.schemas.columns import PUBLISHED

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)  # after issue time, else the source does not cover the day
AIM: Final = 30  # seconds of wall time


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=730, help="of history before")
    parser.add_argument("--first", type=date.fromisoformat, default=date(2024, 8, 20))


def run(given: argparse.Namespace) -> None:
    world = raw_files(given.first - given.days * DAY, given.first + 4 * DAY)
    shutil.rmtree(work := WORK / "morning", ignore_errors=True)
    (work / "data").mkdir(parents=True)
    settings = {"run": "morning", "source": "files", "data_dir": str(work / "data")}
    (work / "morning.yaml").write_text(yaml.safe_dump(settings))
    config, since = config_of(settings), EPOCH
    say_machine()
    for day in (given.first - DAY, given.first, given.first + DAY):
        until = issue_time(config, day) + HOUR
        publish(world, work / f"data/{day}.parquet", since, until)
        before, since = cpu(), until
        took, said = timed(lambda: forecast(work))
        due = "a model due" if model_date(day, config["retrain_every_days"]) == day else "no model"
        name = f"{day}, {due}" if day >= given.first else "all before"
        print(f"{name}: {took:.1f} s (target: under {AIM}), {cpu() - before:.1f} s of CPU")
        print("\n".join(f"  {line}" for line in said.splitlines() if line.startswith("step ")))


def forecast(work: Path) -> str:
    """What Snakemake says, each job in a Python of its own."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(CORES), "forecast"]
    command += ["--directory", str(work), "--configfile", str(work / "morning.yaml")]
    done = subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.PIPE, text=True)
    return done.stderr


def publish(world: Path, path: Path, since: datetime, until: datetime) -> None:
    """What was published from `since` until `until`, in that order."""
    within = [(PUBLISHED, ">=", since), (PUBLISHED, "<", until)]
    table = pq.read_table(world, filters=within).sort_by(PUBLISHED)
    pq.write_table(table, path, row_group_size=ROW_GROUP)


def cpu() -> float:
    """Seconds of all child processes that have ended."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime
