"""The daily forecast of a thousand nodes, from stored raw data: time, memory, jobs.

    python -m benchmarks thousand [--nodes NODES] [--folder FOLDER]

makes a synthetic market of two years and its raw months in FOLDER (/tmp/thousand), where they are
not yet there, then runs `snakemake --cores N forecast`: with nothing else made before; of the next
morning, when each pool has a model due; and with nothing to do. One run each; memory is resident,
of the largest process and of all together, looked at twice a second.

    .ci/slurm python -m benchmarks thousand --slurm

does the same as jobs of a Slurm of two nodes on this machine, and says how many ran on which.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import psutil
import pyarrow.parquet as pq

from benchmarks.pipeline import ROOT
from benchmarks.thousand_market import build

MORNING: Final = date(2025, 1, 19)
GB: Final = 1e9
MILLION: Final = 1e6


class Run(NamedTuple):
    seconds: float
    largest: float  # GB, process
    together: float  # GB, all processes at once
    jobs: int


LOCAL: Final = ("--cores", str(os.cpu_count()))
SLURM: Final = tuple(
    word for name in ("slurm", "slurm-ci") for word in ("--profile", str(ROOT / "profiles" / name))
)


def snakemake(folder: Path, target: str, day: date, where: Sequence[str]) -> Run:
    """One run of the pipeline in `folder`, its output in snakemake.txt there."""
    command = [sys.executable, "-m", "snakemake", *where, target, "--config", f"date={day}"]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--workflow-profile", str(ROOT / "profiles/default")]
    command += ["--configfile", str(folder / "thousand.yaml")]
    log, peaks, start = folder / "snakemake.txt", [(0.0, 0.0)], time.monotonic()
    with log.open("w") as out:
        run = psutil.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        while run.poll() is None:
            peaks.append(_resident(folder))
            time.sleep(0.5)
    if run.returncode:
        sys.exit(log.read_text()[-5000:])
    largest, together = (max(of) for of in zip(*peaks, strict=True))
    steps = re.findall(r"of (\d+) steps", log.read_text()) or ["0"]
    return Run(time.monotonic() - start, largest, together, int(steps[-1]))


def _resident(folder: Path) -> tuple[float, float]:
    """Of the largest process at work in `folder` and of all, GB: Slurm's are not our children."""
    each = [0.0]
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder):
                each.append(process.memory_info().rss / GB)
        except psutil.Error:  # it has ended, or is the kernel's
            continue
    return max(each), sum(each)


def spread() -> Counter[str]:
    """Jobs of each of Slurm's nodes."""
    asked = ("squeue", "--states=all", "--noheader", "--format=%N %T")
    said = subprocess.run(asked, capture_output=True, text=True, check=True)
    return Counter(said.stdout.splitlines())


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/thousand"))
    parser.add_argument("--slurm", action="store_true", help="see above")


def run(given: argparse.Namespace) -> None:
    nodes, folder = given.nodes, given.folder.resolve()
    if not (folder / "thousand.yaml").exists():
        build(folder, nodes)
    where = SLURM if given.slurm else LOCAL
    raw = snakemake(folder, "raw", MORNING, where)
    results = folder / f"results/nodes-{nodes}"
    for made in results.iterdir():
        if made.name != "raw":
            shutil.rmtree(made)
    before = MORNING - timedelta(days=1)
    first, then, again = (
        snakemake(folder, "forecast", day, where) for day in (before, MORNING, MORNING)
    )
    memory = psutil.virtual_memory().total / GB
    held = (pq.read_metadata(path).num_rows for path in (folder / "data").glob("*.parquet"))
    print(f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.platform()}")
    print(f"{nodes} nodes, {sum(held) / MILLION:.0f} million values, one run")
    each = {"raw months": raw, "forecast": first, "next morning": then, "again": again}
    for name, of in each.items():
        print(
            f"{name:<14}{of.seconds:8.1f} s {of.largest:6.2f} GB largest "
            f"{of.together:6.2f} GB together {of.jobs:5d} jobs"
        )
    if given.slurm:
        print(", ".join(f"{count} jobs {node}" for node, count in sorted(spread().items())))
