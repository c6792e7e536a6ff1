"""What every rule says of its job: settings, hash of its code, memory and time."""

import ast
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from rtlmp.config import Config, jobs
from rtlmp.pipeline.provenance import code_hash

SCRIPTS: Final = Path(__file__).parents[2] / "workflow/scripts"
S = TypeVar("S")


def one_of(names: Iterable[str]) -> str:
    """A wildcard's pattern: any of `names`, `none` where there is none."""
    return "|".join(map(re.escape, names)) or "none"


def pick(settings: type[S], config: Config) -> S:
    """Those of the settings that a kind of job uses."""
    whole = cast("dict[str, Any]", config)
    return cast("S", {key: whole[key] for key in settings.__annotations__})


@cache
def settings_of(script: str) -> type[Any] | None:
    """The class of `rtlmp.config.jobs` with which `script` opens its `Job`."""
    tree = ast.parse((SCRIPTS / script).read_text())
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "Job")
    named = [getattr(jobs, ast.unparse(given)) for call in calls for given in call.args]
    return named[0] if named else None


def job_params(config: Config, script: str, **changed: object) -> dict[str, object]:
    """What the rule of `script` reruns for beside its files: code, and settings as `changed`."""
    code = {"script": script, "code": code_hash(SCRIPTS / script)}
    settings = settings_of(script)
    return {**code, "config": {**pick(settings, config), **changed}} if settings else {**code}


def job_resources(
    nodes: int, gb: float = 1, minutes: float = 10
) -> dict[str, Callable[[object, int], int]]:
    """Memory and time that a job asks of a cluster: more for many nodes, double each retry."""
    needs = {"mem_mb": round(1000 * gb + 4 * nodes), "runtime": round(minutes + 0.1 * nodes)}
    return {name: _doubled(least) for name, least in needs.items()}


def _doubled(least: int) -> Callable[[object, int], int]:
    def needed(wildcards: object, attempt: int) -> int:  # noqa: ARG001  # Snakemake goes by names
        return least * 2 ** (attempt - 1)

    return needed
