"""The daily forecast of a thousand nodes, from stored raw data: time, memory, jobs.

    python -m benchmarks thousand [--nodes NODES] [--folder FOLDER]

makes a synthetic market of two years and its raw months in FOLDER (/tmp/thousand), where they are
not yet there, then runs `snakemake --cores N forecast` on them with nothing else made before, and
once more with nothing to do. One run each; memory is resident, of the largest process and of all
together, looked at twice a second.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from benchmarks.thousand_market import build

ROOT: Final = Path(__file__).parents[1]
GB: Final = 1e9


class Run(NamedTuple):
    seconds: float
    largest: float  # GB, process
    together: float  # GB, all processes at once
    jobs: int


def snakemake(folder: Path, target: str) -> Run:
    """One run of the pipeline in `folder`, its output in snakemake.txt there."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(os.cpu_count()), target]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--workflow-profile", str(ROOT / "profiles/default")]
    command += ["--configfile", str(folder / "thousand.yaml")]
    log, peaks, start = folder / "snakemake.txt", [(0.0, 0.0)], time.monotonic()
    with log.open("w") as out:
        run = psutil.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        while run.poll() is None:
            peaks.append(_resident(run))
            time.sleep(0.5)
    if run.returncode:
        sys.exit(log.read_text()[-5000:])
    largest, together = (max(of) for of in zip(*peaks, strict=True))
    steps = re.findall(r"of (\d+) steps", log.read_text()) or ["0"]
    return Run(time.monotonic() - start, largest, together, int(steps[-1]))


def _resident(run: psutil.Process) -> tuple[float, float]:
    """Of the largest process of a tree and of all, GB."""
    each = [0.0]
    for process in [run, *run.children(recursive=True)]:
        try:
            each.append(process.memory_info().rss / GB)
        except psutil.NoSuchProcess:
            continue
    return max(each), sum(each)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/thousand"))


def run(given: argparse.Namespace) -> None:
    nodes, folder = given.nodes, given.folder.resolve()
    if not (folder / "thousand.yaml").exists():
        build(folder, nodes)
    raw = snakemake(folder, "raw")
    results = folder / f"results/nodes-{nodes}"
    for made in results.iterdir():
        if made.name != "raw":
            shutil.rmtree(made)
    first, again = (snakemake(folder, "forecast") for _ in range(2))
    memory = psutil.virtual_memory().total / GB
    print(f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.platform()}, {nodes} nodes, one run")
    for name, run in (("raw months", raw), ("forecast", first), ("again", again)):
        print(
            f"{name:<12}{run.seconds:8.1f} s {run.largest:6.2f} GB largest "
            f"{run.together:6.2f} GB together {run.jobs:5d} jobs"
        )
