"""Files written whole or not at all: a killed job leaves no half file; errors name the file."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyarrow as pa

LONGEST: Final = 120  # characters of a folder: a file system takes 255 bytes, and files add some


class BadFileError(ValueError):
    """A file that cannot be read as what it should be: which, where, how many rows, an example."""


NOT_OURS: Final = (OSError, MemoryError, BadFileError)  # the job fails: the next run does it again


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """What Arrow and the system say of a file, with its name."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise BadFileError(f"{path}: cannot be read, is it whole? {why}") from error


def atomic(path: str | Path, save: Callable[[Path], object]) -> None:
    """Let `save` fill a temporary file beside `path`, then rename it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{os.getpid()}.{path.name}")  # keeps the suffix: savers look at it
    try:
        save(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def folder_name(name: str) -> str:
    """`name` as a folder, no two alike; a letter, digit, `_`, `-` or inner dot as it is.

    The rest is ~ and its UTF-8 bytes, for a % means something to Slurm and to web addresses.

    >>> folder_name("HB_NORTH"), folder_name(".I.ROSETON 345")
    ('HB_NORTH', '~2EI.ROSETON~20345')
    """
    safe = quote(name, safe="").replace("~", "%7E").replace("%", "~")
    safe = f"~2E{safe[1:]}" if safe.startswith(".") else safe
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 17]}~{digest}"


def write_text(text: str, path: str | Path) -> None:
    """Write `text`, whole or not at all."""
    atomic(path, lambda tmp: tmp.write_text(text))


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write `content`, whole or not at all."""
    atomic(path, lambda tmp: tmp.write_bytes(content))


def write_json(content: Mapping[str, object], path: str | Path) -> None:
    """Write `content` as JSON, whole or not at all."""
    write_text(json.dumps(content, indent=1) + "\n", path)
