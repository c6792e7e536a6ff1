"""What a script is handed, seen from its own process."""

import sys
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
