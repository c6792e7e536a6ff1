"""The one runner of Snakemake, and a copy of the repo to run it in, on a small world."""

import atexit
import re
import shutil
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Final

import yaml

from tests.helpers import warm
from tests.helpers.build import ROOT

CORES: Final = 2
NODES, THRESHOLDS, RUN = ["HB_NORTH", "HB_WEST"], ["50", "100"], Path("results/small")
SMALL = yaml.safe_load((ROOT / "config/test.yaml").read_text())

# the least that has models, figures and a clock change, for where a job costs much
LEAST = {
    "synthetic": {"start": "2024-02-01", "end": "2024-03-20"},
    "history_days": 30,
    "ensemble_size": 1,
    "backtest": {"start": "2024-03-09", "end": "2024-03-10"},
}


def snakemake(
    checkout: Path, config: Path, *words: str, ok: bool = True, env: dict[str, str] | None = None
) -> str:
    """What the Snakemake of `checkout` said. Raises AssertionError where it did not end as `ok`."""
    command = ["-m", "snakemake", "--cores", str(CORES), *words, "--configfile", str(config)]
    variables = {"PYTHONPATH": str(checkout), **warmed(), **(env or {})}
    with TemporaryFile("w+") as out:
        code = warm.finished(command, checkout, variables, out.fileno())
        out.seek(0)
        said = out.read()
    assert (code == 0) == ok, said
    return said


@cache
def warmed() -> dict[str, str]:
    """Of a Python that lasts as long as this one: imports are most of what small jobs do."""
    lasting = ExitStack()
    atexit.register(lasting.close)
    folder = lasting.enter_context(TemporaryDirectory())
    return lasting.enter_context(warm.warm(Path(folder)))


class Repo:
    """A copy of what a clone holds, with the small config; `change` as in `configure`."""

    def __init__(self, root: Path, **change: object) -> None:
        self.root = root
        for part in ("rtlmp", "snakemake_logger_plugin_rtlmp", "workflow", "profiles"):
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("Snakefile", "config.yaml"):
            shutil.copy(ROOT / file, root / file)
        self.configure(**change)

    def configure(self, **change: object) -> None:
        (self.root / "small.yaml").write_text(yaml.safe_dump({**SMALL, **change}))

    def run(self, *words: str, ok: bool = True) -> str:
        return snakemake(self.root, Path("small.yaml"), *words, ok=ok)

    def jobs(self, *words: str) -> dict[str, int]:
        """What a run would do: jobs by rule."""
        said = self.run("--dry-run", *words)
        table = re.search(r"job +count\n-+ +-+\n(.*?)\ntotal", said, re.S)
        lines = table.group(1).splitlines() if table else []
        return {name: int(n) for name, n in (line.split() for line in lines)}

    def contents(self) -> dict[str, bytes]:
        """Every result by its path within the run; logs tell of the machine too."""
        results = self.root / RUN
        files = [path for path in sorted(results.rglob("*")) if path.is_file()]
        files = [path for path in files if path.suffix != ".log"]
        return {path.relative_to(results).as_posix(): path.read_bytes() for path in files}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
