"""Which lines of `rtlmp` run in any process of the tests, counted by SlipCover.

Before Python 3.12 the tracer of coverage.py takes as long as the tests themselves.

    python -m tests.helpers.lines FOLDER [--missing]    # share of lines run, and which were not
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from slipcover import Slipcover

FOLDER: Final = "LINES_FOLDER"  # in the environment; each process leaves there what it ran
PACKAGE: Final = Path(__file__).parents[2] / "rtlmp"


def count() -> Callable[[], None]:
    """Count in modules of `rtlmp` imported from here on; gives what writes down the lines run."""
    # it takes no probe out again: in so short a process that costs more than it saves
    lines, real = Slipcover(d_miss_threshold=1 << 30), SourceFileLoader.get_code

    def counted(loader: SourceFileLoader, name: str) -> Any:
        code = real(loader, name)
        return lines.instrument(code) if code and name.partition(".")[0] == "rtlmp" else code

    def write() -> None:
        if folder := os.environ.get(FOLDER):
            ran = {path: of["executed_lines"] for path, of in _files(lines).items()}
            Path(folder, f"{uuid4()}.json").write_text(json.dumps(ran))

    if os.environ.get(FOLDER):
        SourceFileLoader.get_code = counted  # type: ignore[method-assign,assignment]
    return write


def _files(lines: Slipcover) -> dict[str, dict[str, list[int]]]:
    """By path within the package, which may lie anywhere."""
    return {f"/{path}".rpartition("/rtlmp/")[2]: of
            for path, of in lines.get_coverage()["files"].items()}  # fmt: skip


def main(folder: str, *options: str) -> None:
    ran, every = defaultdict[str, set[int]](set), Slipcover()
    for file in Path(folder).glob("*.json"):
        for path, numbers in json.loads(file.read_text()).items():
            ran[path].update(numbers)
    for module in PACKAGE.rglob("*.py"):
        every.instrument(compile(module.read_text(), str(module), "exec"))
    lines = {path: {*of["missing_lines"]} for path, of in _files(every).items()}
    missing = {path: sorted(of - ran[path]) for path, of in sorted(lines.items())}
    for path, numbers in missing.items():
        if numbers and options:
            print(path, *numbers)
    total, not_run = (sum(map(len, of.values())) for of in (lines, missing))
    print(f"lines of rtlmp/ that the tests ran: {1 - not_run / total:.1%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
