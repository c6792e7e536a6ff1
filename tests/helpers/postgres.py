"""A PostgreSQL of one's own, from Debian's packages: on a socket, gone at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
MISSING = "" if SERVERS else "no PostgreSQL here: apt-get install postgresql"


@contextmanager
def postgres() -> Iterator[str]:
    """Address of an empty database; the server refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="rtlmp-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def control(*words: str) -> None:
        command = [str(SERVERS[-1]), "--pgdata", str(folder / "data"), "--wait", *words]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        control(
            "init",
            "--options",
            "--auth=trust --username=rtlmp --no-sync --no-locale --encoding=UTF8",
        )
        local = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control("start", "--log", str(folder / "log"), "--options", local)
        yield f"postgresql://rtlmp@/postgres?host={folder}"
        control("stop", "--mode", "fast")
    finally:
        shutil.rmtree(folder)
