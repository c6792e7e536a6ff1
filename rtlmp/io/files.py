"""Files written whole or not at all: a killed job leaves no half file; errors name the file."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

T = TypeVar("T")
CHECKSUMS: Final[dict[str, Any]] = {"write_page_checksum": True}  # of whatever writes Parquet
LONGEST: Final = 120  # characters of a folder: a file system takes 255 bytes, and files add some


class BadFileError(ValueError):
    """A file that cannot be read as what it should be: which, where, how many rows, an example."""


NOT_OURS: Final = (OSError, MemoryError, BadFileError)  # the job fails: the next run does it again


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """What is said of a file that cannot be read, whatever it is, with its name."""
    try:
        yield
    except BadFileError:
        raise
    except Exception as error:
        why = getattr(error, "strerror", "") or f"{type(error).__name__} {error}"
        raise BadFileError(f"{path}: cannot be read, is it whole? {why}") from error


def load_json(path: str | Path, kind: type[T]) -> T:
    """The JSON at `path`, which is a `kind`. Raises BadFileError with its name."""
    with naming(path):
        return TypeAdapter(kind).validate_python(json.loads(Path(path).read_text()))


def sha256(parts: Iterable[bytes | npt.NDArray[Any]]) -> str:
    """Of bytes and arrays, one after the other: equal parts, equal hash."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part if isinstance(part, bytes) else np.ascontiguousarray(part).data)
    return total.hexdigest()


def json_sha256(value: object) -> str:
    """Of its JSON, with sorted keys."""
    return sha256([json.dumps(value, sort_keys=True).encode()])


def atomic(path: str | Path, save: Callable[[Path], object], *, lasting: bool = False) -> None:
    """Let `save` fill a temporary file beside `path`, then rename it; `lasting`: with `fsync`."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{os.getpid()}.{path.name}")  # keeps the suffix: savers look at it
    try:
        save(partial)
        if lasting:
            _sync(partial)
        partial.replace(path)
        if lasting:
            _sync(path.parent)
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


def write_text(text: str, path: str | Path, **how: bool) -> None:
    """Write `text`, whole or not at all."""
    atomic(path, lambda tmp: tmp.write_text(text), **how)


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write `content`, whole or not at all."""
    atomic(path, lambda tmp: tmp.write_bytes(content))


def write_json(content: Mapping[str, object], path: str | Path, **how: bool) -> None:
    """Write `content` as JSON, whole or not at all."""
    write_text(json.dumps(content, indent=1) + "\n", path, **how)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
