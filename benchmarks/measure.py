"""Wall times, and how a ratio is printed: beside what it was measured on and how busy that was."""

import os
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of wall time that `work` took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def seconds(work: Callable[[], object]) -> float:
    return timed(work)[0]


def say_machine() -> None:
    """Figures of a busy machine are not worth keeping: the load stands beside them."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} in the last minute, before the run")


def say_ratio(
    name: str, ours: Sequence[float], bare: Sequence[float], most: float | None = None
) -> None:
    """Median of the ratios within each run, and the medians of both."""
    ratio = median(a / b for a, b in zip(ours, bare, strict=True))
    target = "" if most is None else f"  (target: at most {most:g})"
    print(
        f"{name}: {ratio:.2f}{target}  = {median(ours):.2f} s / {median(bare):.2f} s, "
        f"median of {len(ours)}"
    )
