"""What a script is handed, seen from its own process."""

import os
from datetime import date
from typing import Any, Generic, cast

from typing_extensions import TypeVar

from rtlmp.config import jobs as jobs

S = TypeVar("S", default=None)


class Job(Generic[S]):
    """The job of this process. From here on what it says on stderr goes to its rule's log."""

    def __init__(self, settings: type[S] | None = None) -> None:
        """With `settings` its config, of that type. Raises KeyError where its rule forgot one."""
        import __main__ as script  # where Snakemake leaves its description

        given: Any = script.snakemake
        self.input, self.output = given.input, given.output
        self.params, self.wildcards = given.params, given.wildcards
        self.run_config = given.config  # whole, also what no rule reruns for
        keys = settings.__annotations__ if settings else ()
        self.config = cast("S", {key: given.params.config[key] for key in keys})
        for path in given.log:
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)

    @property
    def day(self) -> date:
        """The issue date that names its files."""
        return date.fromisoformat(self.wildcards.date)
