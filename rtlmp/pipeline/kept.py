"""What was there before a run stays until there is better. Snakemake removes the outputs of a job
before it: each has a second name meanwhile, and its own back at the end where no new file took it,
unfinished, so that the next run makes it anew."""

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from snakemake.io import IOFile

DAY: Final = 86400  # s
KEPT: Final = Path(".snakemake/rtlmp-kept")  # in the working directory, as outputs are


def sweep(folder: Path) -> None:
    """Delete what was left half written there a day ago or more: its writer is dead."""
    for path in folder.rglob(".[0-9]*.*"):
        if time.time() - path.stat().st_mtime > DAY:
            path.unlink(missing_ok=True)


def keep(outputs: Iterable[str]) -> None:
    """Give each file that there is of what is to be made its second name."""
    for path in filter(Path.is_file, map(Path, outputs)):
        second = KEPT / path
        second.parent.mkdir(parents=True, exist_ok=True)
        second.unlink(missing_ok=True)
        try:
            os.link(path, second)
        except OSError:  # another disk, or one without such names
            shutil.copy2(path, second)


def put_back(persistence: Any, again: Iterable[str]) -> list[Path]:  # noqa: ANN401  # Snakemake's own
    """What has no new file by now, with its old one again; unfinished, as what `again` names."""
    seconds = [path.relative_to(KEPT) for path in sorted(KEPT.rglob("*")) if path.is_file()]
    back = [path for path in seconds if not path.exists()]
    for path in back:
        path.parent.mkdir(parents=True, exist_ok=True)
        (KEPT / path).rename(path)
    undone = [IOFile(str(path), None) for path in (*back, *again)]
    persistence.started(SimpleNamespace(output=undone))
    shutil.rmtree(KEPT, ignore_errors=True)
    return back
