"""The pipeline as a person runs it, in a folder of its own."""

import json
import os
import pickle
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import yaml

from rtlmp.asof.vintages import Archive, read_archive
from rtlmp.config import Config, parse_config
from rtlmp.features.history import HistoryRows, nodes_of, read_history
from rtlmp.pipeline.environment import ENVIRONMENT
from tests.helpers import repo

ROOT: Final = Path(__file__).parents[1]
WORK: Final = ROOT / "results/bench"
CORES: Final = repo.CORES
ALONE: Final = """import pickle, resource, runpy, sys
runpy.run_path(sys.argv[2], {'snakemake': pickle.load(open(sys.argv[1], 'rb'))})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)"""
Settings = dict[str, Any]  # as in config.yaml


def settings_of(path: str | None) -> Settings:
    """A config file's settings, for a run in a folder of its own."""
    if path is None:
        return {}
    given: Settings = yaml.safe_load(Path(path).read_text())
    if folder := given.get("data_dir"):
        given["data_dir"] = str((ROOT / folder).resolve())
    return given


def config_of(settings: Mapping[str, Any]) -> Config:
    """config.yaml with these settings, checked."""
    raw: Settings = yaml.safe_load((ROOT / "config.yaml").read_text())
    nested = {k: {**raw[k], **v} for k, v in settings.items() if isinstance(v, dict)}
    return parse_config({**raw, **settings, **nested})


def snakemake(work: Path, settings: Mapping[str, Any], *words: str) -> str:
    """What Snakemake said; its results are under `work`. Raises AssertionError when it failed."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "settings.yaml"
    file.write_text(yaml.safe_dump({"seed": 7, **settings}))
    return repo.snakemake(ROOT, file, *words, "--directory", str(work))


def alone(script: Path, job: SimpleNamespace, folder: Path) -> float:
    """A rule's script in a new Python, handed over and held to a thread as Snakemake does: peak
    memory, GB."""
    (folder / "job.pickle").write_bytes(pickle.dumps(job))
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder / "job.pickle"), str(script)],
        cwd=ROOT,
        env={**ENVIRONMENT, **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.split()[-1])


class Stage(NamedTuple):
    """The jobs of a rule."""

    jobs: int
    seconds: float  # of wall time, summed


def stages(work: Path) -> dict[str, Stage]:
    """By rule, as Snakemake noted it in `work`; the dearest first."""
    spans = defaultdict[tuple[str, int], list[float]](list)
    for path in (work / ".snakemake/metadata").rglob("*"):
        if path.is_file():
            of = json.loads(path.read_text())
            spans[of["rule"], of["job_hash"]] += of["starttime"], of["endtime"]
    took = defaultdict[str, list[float]](list)
    for (rule, _), span in spans.items():
        took[rule].append(max(span) - min(span))
    found = {rule: Stage(len(of), sum(of)) for rule, of in took.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1].seconds))


def waiting(found: Mapping[str, Stage], wall: float) -> float:
    """Of the cores' seconds, those in no job: building the DAG, starting jobs, an idle core."""
    return CORES * wall - sum(of.seconds for of in found.values())


def say_stages(work: Path, wall: float) -> None:
    """Where `wall` seconds on the cores went."""
    found = stages(work)
    for rule, of in found.items():
        print(f"  {rule:20s} {of.jobs:5d} jobs {of.seconds:8.1f} s")
    print(f"  {'Snakemake, waiting':20s}            {waiting(found, wall):8.1f} s")


def raw_files(first: date, last: date, nodes: Sequence[str] = ()) -> Path:
    """A folder of observations like a user's own: a synthetic market's, made once."""
    name = f"{first}_{last}" + (f"_{len(nodes)}" if nodes else "")
    work = WORK / "worlds" / name
    made = work / "results/world/world/observations.parquet"
    folder = work / "raw"
    if not folder.exists():
        settings = {"run": "world", "synthetic": {"start": first, "end": last}}
        some = {"nodes": list(nodes)} if nodes else {}
        snakemake(work, {**settings, **some}, str(made.relative_to(work)))
        folder.mkdir()
        made.rename(folder / made.name)
    return folder


def learned(run: Path, pool: str) -> tuple[list[Path], list[Path]]:
    """Files that the trainings of `pool` under `run` read: history and hourly, auxiliary too."""
    history = [*run.glob(f"history/{pool}/*.arrow"), *run.glob("auxiliary/history/*/*.arrow")]
    hourly = [*run.glob("hourly/*.parquet"), *run.glob("auxiliary/hourly/*.parquet")]
    return sorted(history), sorted(hourly)


def open_learned(run: Path, pool: str) -> tuple[list[HistoryRows], Archive]:
    paths, hourly = learned(run, pool)
    history = [read_history(path) for path in paths]
    return history, read_archive(hourly, nodes_of(history))
