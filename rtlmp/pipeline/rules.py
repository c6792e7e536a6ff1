"""What every rule says of its job: settings, hash of its code, memory and time."""

import ast
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from rtlmp.config import jobs
from rtlmp.pipeline.environment import HOME, PACKAGE

SCRIPTS: Final = HOME / "workflow/scripts"


def one_of(names: Iterable[str]) -> str:
    """A wildcard's pattern: any of `names`, `none` where there is none."""
    return "|".join(map(re.escape, names)) or "none"


def job_params(
    config: Mapping[str, object], script: str, *keys: str, **changed: object
) -> dict[str, object]:
    """What the rule of `script` reruns for beside its files: code, the settings `keys`, and those
    that it names itself, as `changed`."""
    params: dict[str, object] = {"script": script, "code": code_hash(SCRIPTS / script)}
    params |= {key: config[key] for key in keys}
    if settings := settings_of(script):
        picked = {key: config[key] for key in settings.__annotations__}
        params["config"] = {**picked, **changed}
    return params


@cache
def settings_of(script: str) -> type[Any] | None:
    """The class of `rtlmp.config.jobs` with which `script` opens its `Job`."""
    [name] = re.findall(r"Job\((?:jobs\.(\w+))?\)", (SCRIPTS / script).read_text())
    return getattr(jobs, name) if name else None


def job_resources(
    nodes: int, gb: float = 1, minutes: float = 10
) -> dict[str, Callable[[object, int], int]]:
    """Memory and time that a job asks of a cluster: more for many nodes, double each retry."""
    mem_mb, runtime = round(1000 * gb + 4 * nodes), round(minutes + 0.1 * nodes)
    return {
        "mem_mb": lambda _, attempt: mem_mb * 2 ** (attempt - 1),
        "runtime": lambda _, attempt: runtime * 2 ** (attempt - 1),
    }


@cache
def code_hash(script: Path) -> str:
    """sha256 of `script` and of every file of the package that it imports, directly or not:
    Snakemake sees a script change, not what it imports.

    By content, so a checkout or a touch changes nothing.
    """
    total = hashlib.sha256(script.read_bytes())
    for path in sorted(imported(script)):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


def imported(script: Path) -> set[Path]:
    """Files of the package that running `script` reads."""
    found, waiting = set[Path](), [*_direct(script)]
    while waiting:
        if (path := waiting.pop()) not in found:
            found.add(path)
            waiting.extend(_direct(path))
    return found


@cache
def _direct(path: Path) -> frozenset[Path]:
    return frozenset(file for name in _names(ast.parse(path.read_text())) for file in _files(name))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str) -> Iterator[Path]:
    """Files that importing the dotted `name` runs: each package's __init__, then the module."""
    first, *rest = name.split(".")
    if first == PACKAGE.name:
        places = [PACKAGE.joinpath(*rest[:depth]) for depth in range(len(rest) + 1)]
        files = [f for place in places for f in (place.with_suffix(".py"), place / "__init__.py")]
        yield from (file for file in files if file.is_file())
