"""Snakemake hashes each input of a job anew for each of its outputs, and starts no job meanwhile:
after a month of features of a thousand nodes half a minute. Here once, for as long as it stays."""

from pathlib import Path
from typing import Any, Final

from snakemake.io import _IOFile

KNOWN: Final[dict[tuple[object, ...], str | None]] = {}
HASHED: Final = _IOFile.checksum


def remember_checksums() -> None:
    """From here on in this process."""
    _IOFile.checksum = _checksum


async def _checksum(of: Any, *args: object, **named: object) -> str | None:  # noqa: ANN401  # Snakemake's own
    if of.is_storage or not (path := Path(of)).exists():
        return await HASHED(of, *args, **named)
    stat = path.stat()
    key = (str(of), stat.st_ino, stat.st_mtime_ns, stat.st_size, *args, *named.items())
    if key not in KNOWN:
        KNOWN[key] = await HASHED(of, *args, **named)
    return KNOWN[key]
