"""SIGKILL while a run makes a forecast, and while it fetches; then the same command once more.

At random moments, every second time of Snakemake alone, whose job lives on, else of all at once as
when the power fails; then at each rename, write and fsync of every job, by strace, and at each
change of a file by Snakemake itself. Each time from an empty folder. What is there in the end must
be what an undisturbed run makes, by SHA-256, and no hand is lent. --every 9: each ninth point.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd
import yaml

from benchmarks.measure import say_machine, timed
from benchmarks.pipeline import ROOT
from benchmarks.season import run_words
from tests.helpers import replay, repo, warm
from tests.helpers.build import settings
from tests.helpers.live import SECRETS

CALLS: Final = ("rename,renameat,renameat2", "fsync,fdatasync", "write,pwrite64,writev")
SMALL: Final = repo.SMALL | repo.LEAST | {"gate": {"days": 0}, "nodes": ["HB_NORTH"]}
FORECAST: Final = [f"{repo.RUN}/forecast/HB_NORTH/{x}/2024-03-20.parquet" for x in (50, 100)]
FETCHED: Final = ["dam_spp", "solar_forecast", "weather_wind"]
KEPT: Final = (".parquet", ".arrow", ".ubj", ".json", ".csv")
SEED: Final = 7


class Task(NamedTuple):
    """A command, and the folder that it fills."""

    name: str
    folder: Path
    config: dict[str, object]
    targets: list[str]
    env: dict[str, str]

    def start(self, **env: str) -> warm.Process:
        self.folder.mkdir(exist_ok=True)
        config, log = self.folder / "settings.yaml", self.folder / "log"
        config.write_text(yaml.safe_dump(self.config))
        words = run_words(self.folder, config, "-m", "snakemake", *self.targets)
        with log.open("ab") as said:
            return warm.started(words, ROOT, {**self.env, **env}, said.fileno())

    def digests(self) -> dict[str, str]:
        """SHA-256 of results, and of postings as they came."""
        results = [p for p in (self.folder / "results").rglob("*") if p.suffix in KEPT]
        found = sorted([*results, *(self.folder / "store").rglob("*.zip")])
        return {f"{p.relative_to(self.folder)}": hashlib.sha256(p.read_bytes()).hexdigest()
                for p in found}  # fmt: skip


class Kill(NamedTuple):
    task: str
    at: str
    recovered: bool


def forecasting(folder: Path, env: dict[str, str]) -> Task:
    return Task("forecast", folder / "forecast", SMALL, FORECAST, env)


def fetching(folder: Path, env: dict[str, str], url: str) -> Task:
    day = datetime.now(UTC).date() - timedelta(days=1)
    work = folder / "fetch"
    config = settings(
        run="fetch", source="live", nodes=["HB_NORTH"], date=day, start=day - timedelta(days=2),
        live={"store": str(work / "store"), "fetch": FETCHED, "hosts": replay.hosts(url)},
    )  # fmt: skip
    return Task("fetch", work, config, ["raw"], {**env, **SECRETS})


def again(task: Task, at: str, want: dict[str, str]) -> Kill:
    """The same command, after a kill."""
    code = task.start().ended()
    return Kill(task.name, at, code == 0 and task.digests() == want)


def undisturbed(task: Task) -> tuple[float, int, dict[str, str]]:
    """Seconds, jobs, and what it makes."""
    shutil.rmtree(task.folder, ignore_errors=True)
    counted = task.folder.with_suffix(".count")
    counted.unlink(missing_ok=True)
    took, code = timed(lambda: task.start(**{warm.COUNT: str(counted)}).ended())
    if code:
        raise RuntimeError(f"{task.name} failed undisturbed: {task.folder / 'log'}")
    return took, counted.stat().st_size, task.digests()


def at_random(task: Task, kills: int) -> Iterator[Kill]:
    took, _, want = undisturbed(task)
    moments, made = random.Random(SEED), 0
    while made < kills:
        shutil.rmtree(task.folder, ignore_errors=True)
        process, wait = task.start(), moments.uniform(0, took)
        time.sleep(wait)
        alone = made % 2 == 1
        with suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        if process.ended() == -signal.SIGKILL:  # else it was done before
            made += 1
            yield again(task, f"{'Snakemake' if alone else 'all'}, random", want)


def at_each(task: Task, every: int) -> Iterator[Kill]:
    """Of each job each call of a kind until it has no more; then Snakemake's own changes."""
    _, jobs, want = undisturbed(task)
    counted = task.folder.with_suffix(".count")
    points = [({warm.KILL: f"{job};{calls}"}, calls.partition(",")[0]) for job in range(jobs)
              for calls in CALLS] + [({warm.OWN: ""}, "Snakemake")]  # fmt: skip
    for env, at in points:
        [(name, of)] = env.items()
        for n in count(1, every):
            shutil.rmtree(task.folder, ignore_errors=True)
            counted.unlink(missing_ok=True)
            told = {name: f"{of};{n}" if of else f"{n}", warm.COUNT: str(counted)}
            if task.start(**told).ended() != -signal.SIGKILL:
                break
            yield again(task, at, want)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=200, help="random kills, of run and fetch")
    parser.add_argument("--every", type=int, default=1, help="of the system calls; 0: none")
    parser.add_argument("--keep", type=Path, help="an empty folder, left as it is at the end")


def killed(folder: Path, number: int, every: int) -> Iterator[Kill]:
    with warm.warm(folder) as warmed, replay.serving() as server:
        env = {**warmed, "PYTHONPATH": str(ROOT)}
        for task in (forecasting(folder, env), fetching(folder, env, server.url)):
            yield from at_random(task, number // 2)
            if every:
                yield from at_each(task, every)


def run(given: argparse.Namespace) -> None:
    say_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for one in killed(folder, given.count, given.every):
            found.append(one)
            if not one.recovered:
                print("not recovered:", *one, flush=True)
    table = pd.DataFrame(found).groupby(["task", "at"])["recovered"].agg(["size", "sum"])
    table = table.set_axis(["kills", "recovered"], axis=1)
    print(table.to_string())
    print(f"{len(found)} kills, {table['recovered'].sum()} recovered to the same bytes")
