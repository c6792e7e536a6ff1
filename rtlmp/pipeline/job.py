"""What a script is handed, seen from its own process; and the line
that says how long it took and how many rows it made, or why it failed."""

import json
import os
import runpy
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import TextIOBase
from pathlib import Path
from typing import Any, Generic, TextIO, cast

from typing_extensions import TypeVar

S = TypeVar("S", default=None)


class Tee(TextIOBase):
    """One stream into several, each at once: a killed job has said what it said."""

    def __init__(self, *streams: TextIO) -> None:
        self.streams = streams

    def write(self, text: str, /) -> int:
        for stream in self.streams:
            stream.write(text)
            stream.flush()
        return len(text)


class Job(Generic[S]):
    """The job of this process. From here on its rule's log has what it says on stderr, too."""

    def __init__(self, settings: type[S] | None = None) -> None:
        """With `settings` its config, of that type. Raises KeyError where its rule forgot one."""
        import __main__ as script  # where Snakemake leaves its description

        given: Any = script.snakemake
        self.input, self.output = given.input, given.output
        self.params, self.wildcards = given.params, given.wildcards
        self.run_config = given.config  # whole, also what no rule reruns for
        keys = settings.__annotations__ if settings else ()
        self.config = cast("S", {key: given.params.config[key] for key in keys})
        sys.stderr = Tee(sys.stderr, *(Path(path).open("w") for path in given.log))  # noqa: SIM115  # to the end

    @property
    def day(self) -> date:
        """The issue date that names its files."""
        return date.fromisoformat(self.wildcards.date)


def run_job(script: Path, snakemake: Any) -> None:  # noqa: ANN401  # untyped there
    """Run a script of a rule, timed, with what Snakemake tells it."""
    with timed_step(snakemake.rule, dict(snakemake.wildcards.items()), snakemake.output):
        runpy.run_path(str(script), {"snakemake": snakemake}, "__main__")


JSON_LOG = "RTLMP_LOG"  # in the environment; json: lines are objects


@contextmanager
def timed_step(rule: str, wildcards: Mapping[str, str], outputs: Iterable[str]) -> Iterator[None]:
    """Around the work of a job: its line goes to the terminal and to the log of its rule."""
    began, failed = time.monotonic(), ""
    try:
        yield
    except BaseException as error:
        failed = f"{type(error).__name__}: {error}"
        raise
    finally:
        seconds, rows = round(time.monotonic() - began, 2), 0 if failed else _rows(outputs)
        end = f", failed: {failed}" if failed else f", {rows:,} rows" if rows else ""
        line = f"{' '.join(['step', rule, *wildcards.values()])}: {seconds} s{end}"
        if os.environ.get(JSON_LOG) == "json":
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            done = {"step": rule, **wildcards, "seconds": seconds, "rows": rows, "failed": failed}
            line = json.dumps({"time": at, **done})
        sys.stderr.write(line + "\n")


def _rows(paths: Iterable[str]) -> int:
    """Of the Parquet and Arrow files among `paths` that are there."""
    from pyarrow import feather, parquet  # slow, and pyarrow.dataset loads pandas

    there = [path for path in map(Path, paths) if path.exists()]
    total = sum(parquet.read_metadata(p).num_rows for p in there if p.suffix == ".parquet")
    arrows = (feather.read_table(p, memory_map=True) for p in there if p.suffix == ".arrow")
    return total + sum(map(len, arrows))
