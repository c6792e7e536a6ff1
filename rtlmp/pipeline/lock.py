"""The lock of a Snakemake that was killed goes by itself; that of one that lives stays."""

import sys
from pathlib import Path
from typing import TextIO


def clear_dead_lock(folder: Path) -> TextIO:
    """Delete the lock files in `folder`, a .snakemake, unless another Snakemake of it lives.

    Each keeps the file returned open, locked as shared: the kernel lets go of it however the
    process ends, and tells containers of one machine apart. Who can lock it alone is alone.
    """
    folder.mkdir(exist_ok=True)
    alive = (folder / "alive").open("w")
    try:
        import fcntl

        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in sorted((folder / "locks").glob("*.lock")):
            left.unlink(missing_ok=True)
            sys.stderr.write(f"removed {left}: the Snakemake that left it is dead\n")
        fcntl.flock(alive, fcntl.LOCK_SH)
    except BlockingIOError:
        fcntl.flock(alive, fcntl.LOCK_SH)
    except (OSError, ImportError) as error:  # a system without such locks: as without this module
        sys.stderr.write(f"{folder}: {error}; a lock left by a killed run needs --unlock\n")
    return alive
