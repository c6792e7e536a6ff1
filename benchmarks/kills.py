"""SIGKILL while a run makes a forecast, and while it fetches; then the same command once more.

At random moments, every second time of Snakemake alone, whose job lives on, else of all at once as
when the power fails; then at each rename, write and fsync of every job, by strace, and at each
change of a file by Snakemake itself. Each time from an empty folder. What is there in the end must
be what an undisturbed run makes, by SHA-256, and no hand is lent. --every 9: each ninth point;
--kinds: one point, drawn, of each call on each kind of file (its name, but for digits).
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
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

CALLS: Final = "rename,renameat,renameat2,fsync,fdatasync,write,pwrite64,writev"
SMALL: Final = repo.SMALL | repo.LEAST | {"gate": {"days": 0}, "nodes": ["HB_NORTH"]}
FORECAST: Final = [f"{repo.RUN}/forecast/HB_NORTH/{x}/2024-03-20.parquet" for x in (50, 100)]
FETCHED: Final = ["dam_spp", "solar_forecast", "weather_wind"]
KEPT: Final = (".parquet", ".arrow", ".ubj", ".json", ".csv")
SEED: Final = 7
KIND: Final = attrgetter("kind")
DRAWN: Final = (  # what differs from file to file, and from run to run
    r"(?<=metadata/).*|(?<=incomplete/).*|(?<=source-cache/).*|(?<=raw/)\w+|(?<=logs/)\w+"
    r"|[0-9a-f]{8,}|\d+|tmp\w{8}"
)


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
                for p in found if not p.name.startswith(".")}  # fmt: skip

    def leftovers(self) -> int:
        """Half-written files under names that nothing reads."""
        return sum(
            p.is_file() for at in ("results", "store") for p in (self.folder / at).rglob(".*")
        )


class Point(NamedTuple):
    """Where to kill."""

    env: dict[str, str]  # that tells where
    at: str
    kind: str


class Kill(NamedTuple):
    task: str
    at: str
    recovered: bool
    left: int  # half-written files, under names of their own
    why: str
    point: str = ""


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
    code, made = task.start().ended(), task.digests()
    differ = sorted(path for path in want | made if want.get(path) != made.get(path))
    why = f"exit code {code}, {differ}"
    return Kill(task.name, at, not code and not differ, task.leftovers(), why)


def undisturbed(task: Task, **env: str) -> tuple[float, dict[str, str]]:
    """Seconds, and what it makes."""
    shutil.rmtree(task.folder, ignore_errors=True)
    took, code = timed(lambda: task.start(**env).ended())
    if code:
        raise RuntimeError(f"{task.name} failed undisturbed: {task.folder / 'log'}")
    return took, task.digests()


def at_random(task: Task, kills: int) -> Iterator[Kill]:
    took, want = undisturbed(task)
    moments, made = random.Random(SEED), 0
    while made < kills:
        shutil.rmtree(task.folder, ignore_errors=True)
        process, alone = task.start(), made % 2 == 1
        time.sleep(moments.uniform(0, took))
        with suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        if process.ended() == -signal.SIGKILL:  # else it was done before
            made += 1
            yield again(task, f"{'Snakemake' if alone else 'all'}, random", want)


def at_each(task: Task, every: int, *, kinds: bool) -> Iterator[Kill]:
    """At each call of each job, and each change of a file by Snakemake; or as told."""
    with tempfile.TemporaryDirectory() as name:
        count = Path(name) / "count"
        told = {warm.COUNT: str(count), warm.TRACE: CALLS, warm.OWN: "0"}
        _, want = undisturbed(task, **told)
        of = points(count)
        draw = random.Random(SEED)
        drawn = [draw.choice([*each]) for _, each in groupby(sorted(of, key=KIND), KIND)]
        print(f"{task.name}: {len(of)} points of {len(drawn)} kinds", flush=True)
        for env, at, named in drawn if kinds else of[::every]:
            shutil.rmtree(task.folder, ignore_errors=True)
            count.unlink(missing_ok=True)
            if task.start(**env, **{warm.COUNT: str(count)}).ended() == -signal.SIGKILL:
                yield again(task, at, want)._replace(point=f"{named} {env}")


def points(count: Path) -> list[Point]:
    """Of all that an undisturbed run did."""
    found = []
    for job in range(count.stat().st_size):
        times = Counter[str]()
        for line in Path(f"{count}.{job}").read_text(errors="replace").splitlines():
            call, called, _ = line.partition("(")
            if called:
                times[call] += 1
                found.append(Point({warm.KILL: f"{job};{call};{times[call]}"}, call, kind(line)))
    own = Path(f"{count}.own").read_text().splitlines()
    return found + [
        Point({warm.OWN: f"{n}"}, "Snakemake's files", f"Snakemake {kind(line)}")
        for n, line in enumerate(own, 1)
    ]


def kind(line: str) -> str:
    """A call and its file, as `write a/#.parquet`."""
    call, _, of = line.partition("(")
    path = re.search(r'(?:^\d+<|"|^)([^">,]+)', of)
    return f"{call} {re.sub(DRAWN, '#', path[1] if path else of[:40])}"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=200, help="random kills, of run and fetch")
    parser.add_argument("--every", type=int, default=1, help="of the system calls; 0: none")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--keep", type=Path, help="an empty folder, left as it is at the end")


def killed(folder: Path, number: int, every: int, *, kinds: bool = False) -> Iterator[Kill]:
    with warm.warm(folder) as warmed, replay.serving() as server:
        env = {**warmed, "PYTHONPATH": str(ROOT)}
        for task in (forecasting(folder, env), fetching(folder, env, server.url)):
            yield from at_random(task, number // 2)
            if every or kinds:
                yield from at_each(task, every, kinds=kinds)


def run(given: argparse.Namespace) -> None:
    say_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for one in killed(folder, given.count, given.every, kinds=given.kinds):
            found.append(one)
            said = f"recovered: {one.at} {one.point}" if one.recovered else f"NOT recovered: {one}"
            print(len(found), said, flush=True)
    by = pd.DataFrame(found).groupby(["task", "at"])
    table = by.agg(kills=("why", "size"), recovered=("recovered", "sum"), left=("left", "sum"))
    print(table.to_string())
    print(
        f"{len(found)} kills, {table['recovered'].sum()} recovered to the same bytes, "
        f"{table['left'].sum()} half-written files left under names that nothing reads"
    )
