"""Calls of a host, evenly spaced over all processes."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

Pace: TypeAlias = Callable[[str], None]  # waits until the named host may be called again
PER_MINUTE: Final = 30  # calls of a host that the config does not name


def pacer(folder: Path, per_minute: Mapping[str, int]) -> Pace:
    """Waits so that all processes that share `folder` together keep each host's rate.

    The time of a host's last call is the time of an empty file, locked while waiting.
    """
    import fcntl  # not on Windows, where all but live sources run

    folder.mkdir(parents=True, exist_ok=True)

    def pace(host: str) -> None:
        with (folder / f".{host}.pace").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            rate = per_minute.get(host, PER_MINUTE)
            time.sleep(due(os.fstat(file.fileno()).st_mtime, time.time(), rate))
            os.utime(file.fileno())

    return pace


def due(last: float, now: float, per_minute: int) -> float:
    """Seconds to wait at `now` after a call at `last`, evenly spaced: no bursts.

    >>> due(last=100.0, now=101.0, per_minute=30)
    1.0
    """
    gap = 60.0 / per_minute
    return min(gap, max(0.0, last + gap - now))
