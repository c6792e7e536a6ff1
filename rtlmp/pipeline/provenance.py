"""A hash of the code a rule depends on: Snakemake sees a script change, not what it imports."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1]


@cache
def code_hash(script: str | Path) -> str:
    """sha256 of `script` and of every file of the package that it imports, directly or not.

    By content, so a checkout or a touch changes nothing.
    """
    total = hashlib.sha256(Path(script).read_bytes())
    for path in sorted(imported(Path(script))):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


def imported(script: Path) -> set[Path]:
    """Files of the package that running `script` reads."""
    found: set[Path] = set()
    waiting = list(_direct(script))
    while waiting:
        if (path := waiting.pop()) not in found:
            found.add(path)
            waiting.extend(_direct(path))
    return found


@cache
def _direct(path: Path) -> frozenset[Path]:
    tree = ast.parse(path.read_text())
    return frozenset(file for name in _names(tree) for file in _files(name))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(name: str) -> Iterator[Path]:
    """Files that importing the dotted `name` runs: each package's __init__, then the module."""
    first, *rest = name.split(".")
    if first != PACKAGE.name:
        return
    place = PACKAGE
    yield place / "__init__.py"
    for part in rest:
        if (place / f"{part}.py").is_file():
            yield place / f"{part}.py"
        place = place / part
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
