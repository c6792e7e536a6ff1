"""A plugin of Snakemake: log lines as JSON, and settings files that are data and nothing else.

Snakemake reads the files of --configfile before the Snakefile, and one with `__use_yte__` in it may
run code. Plugins are the only thing it loads earlier; this one needs nothing of the package.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from logging import LogRecord
from typing import IO, Any, Final

import yaml
import yte
from snakemake_interface_common.exceptions import WorkflowError
from snakemake_interface_logger_plugins.base import LogHandlerBase

MOST: Final = 100_000  # values of a settings file, its aliases written out
TEMPLATES: Final = yte.process_yaml
FIELDS: Final = ("event", "rule_name", "wildcards", "output", "jobid", "done", "total")


class LogHandler(LogHandlerBase):
    """`--logger rtlmp`: what Snakemake says, an object a line, on stderr."""

    writes_to_stream = True
    writes_to_file = has_filter = has_formatter = needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        said = {key: of for key in FIELDS if (of := getattr(record, key, None)) is not None}
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        line = {"time": time, "level": record.levelname, "message": record.getMessage(), **said}
        sys.stderr.write(json.dumps(line, default=str) + "\n")


def read_settings(file: IO[str], **how: object) -> object:
    """The YAML in `file`. Raises WorkflowError where it has templates, or too much in it."""
    if not how.get("require_use_yte"):  # no file of settings: a rule's template
        return TEMPLATES(file, **how)
    name = getattr(file, "name", "settings")
    try:
        settings = yaml.safe_load(file)
    except (yaml.YAMLError, RecursionError) as error:
        raise WorkflowError(f"{name}: {error}") from None
    if size(settings, {}) > MOST:
        raise WorkflowError(f"{name}: over {MOST:,} values once its aliases are written out")
    if isinstance(settings, dict) and "__use_yte__" in settings:
        raise WorkflowError(f"{name}: __use_yte__ would run code from it: write the values out")
    return settings


def size(value: Any, seen: dict[int, float]) -> float:  # noqa: ANN401
    """Values in `value`, as often as they would be written; infinite where it holds itself."""
    if not isinstance(value, Mapping | Sequence) or isinstance(value, str):
        return 1
    if id(value) not in seen:
        seen[id(value)] = float("inf")
        inside = [*value, *value.values()] if isinstance(value, Mapping) else value
        seen[id(value)] = 1 + sum(size(of, seen) for of in inside)
    return seen[id(value)]


yte.process_yaml = read_settings
