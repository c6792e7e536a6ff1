"""The pipeline as a person runs it, in a folder of its own."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from rtlmp.archive import Archive, archive_of
from rtlmp.config import Config, checked
from rtlmp.history import Rows, nodes_of, read

ROOT: Final = Path(__file__).parents[1]
WORK: Final = ROOT / "results/bench"
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
    return checked({**raw, **settings, **nested})


def snakemake(work: Path, settings: Mapping[str, Any], *words: str, cores: int = 2) -> str:
    """What Snakemake said; its results are under `work`. Raises RuntimeError when it failed."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / "settings.yaml"
    file.write_text(yaml.safe_dump({"seed": 7, **settings}))
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *words]
    done = subprocess.run(
        [*command, "--directory", str(work), "--configfile", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout + done.stderr


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
    """Files that the trainings of `pool` under `run` read: history and hourly, donors' too."""
    history = [*run.glob(f"history/{pool}/*.arrow"), *run.glob("donors/history/*/*.arrow")]
    hourly = [*run.glob("hourly/*.parquet"), *run.glob("donors/hourly/*.parquet")]
    return sorted(history), sorted(hourly)


def open_learned(run: Path, pool: str) -> tuple[list[Rows], Archive]:
    paths, hourly = learned(run, pool)
    history = [read(path) for path in paths]
    return history, archive_of(hourly, nodes_of(history))
