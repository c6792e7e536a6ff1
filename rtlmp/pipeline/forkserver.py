"""Jobs of a local run are forks of one Python whose imports are done.

Importing takes a second or two of CPU, more than the work of many a job. `run.py` asks the server,
which Snakemake starts, for a fork, and ends as that does: a process of its own, by the same script,
with the environment, output and exit code that it would have had. Without a server, `run.py` is the
job itself.
"""

import gc
import importlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from rtlmp.pipeline.job import run_job

SOCKET: Final = "RTLMP_FORKSERVER"  # AT, in the environment of jobs; set before: no server
AT: Final = Path(".snakemake/rtlmp-forks")  # in the working directory: the name must be short
FEWEST: Final = 4  # jobs for which a server is worth its start
LOADED: Final = (  # in the order in which a run needs it
    "snakemake.script",
    "rtlmp.features.matrix",
    "holidays.countries.united_states",
    "pyarrow.feather",
    "rtlmp.pipeline.training",
    "rtlmp.forecast.forecast",
    "rtlmp.io.tables",
    "openpyxl",
    "rtlmp.report.figures.forecast",
    "sklearn.linear_model",
    "statsmodels.tsa.stattools",
)
ONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # read where they are imported
SERVERS: Final["list[subprocess.Popen[bytes]]"] = []  # of this process, one at most
DONE: Final = object()
SERVE: Final = "from rtlmp.pipeline.forkserver import serve; serve()"


class ForkRequest(NamedTuple):
    """What a fork is to be."""

    script: str
    told: Any  # `snakemake`
    folder: str
    env: dict[str, str]
    path: list[str]  # of imports


def start(jobs: int) -> None:
    """The server, if it is worth it; jobs find it by the environment from here on."""
    if jobs < FEWEST or SOCKET in os.environ or not hasattr(os, "pidfd_open"):
        return
    AT.parent.mkdir(exist_ok=True)
    AT.unlink(missing_ok=True)  # of a run that was killed
    env = {**os.environ, **ONE, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            listening.bind(str(AT))
        except OSError:  # no socket can be on this disk: jobs start as ever
            return
        listening.listen(128)
        words = [sys.executable, "-P", "-c", SERVE]
        words += map(str, (listening.fileno(), os.getpid()))
        SERVERS.append(subprocess.Popen(words, env=env, pass_fds=[listening.fileno()]))
    os.environ[SOCKET] = str(AT)


def stop() -> None:
    """At the end of a run, when no job is at work."""
    while SERVERS:
        del os.environ[SOCKET]
        server = SERVERS.pop()
        server.terminate()
        server.wait()


def run_forked(script: Path, told: object) -> int | None:
    """Exit code of a fork that ran `script`; None: there is no server."""
    if not (at := os.environ.get(SOCKET)):
        return None
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(at)
        except OSError:  # it has ended, or is on another machine
            return None
        what = ForkRequest(str(script), told, str(Path.cwd()), {**os.environ}, sys.path)
        asked = pickle.dumps(what)
        socket.send_fds(asking, [len(asked).to_bytes(8, "big")], [1, 2])
        asking.sendall(asked)
        return int(asking.recv(16) or 128 + signal.SIGKILL)  # nothing: the server was killed


def serve() -> None:
    """A fork for whoever asks, until Snakemake has ended. It has one thread."""
    descriptor, snakemake = map(int, sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the jobs: Snakemake ends the server
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    loading, busy = _load(), True
    try:
        with socket.socket(fileno=descriptor) as listening:
            while os.getppid() == snakemake:
                busy = busy and next(loading, DONE) is not DONE
                if select.select([listening], [], [], 0 if busy else 1)[0]:
                    client, _ = listening.accept()
                    if not os.fork():
                        _answer(client)
                    client.close()
                with suppress(ChildProcessError):  # there is none
                    while os.waitpid(-1, os.WNOHANG)[0]:
                        continue
    finally:  # a fork never comes here
        AT.unlink(missing_ok=True)


def _load() -> Iterator[object]:
    """Do what jobs need done first, in steps: between two of them the server answers."""
    for name in LOADED:
        yield importlib.import_module(name)
    from rtlmp.schemas.core import Observations, no_observations

    yield Observations.validate(no_observations())  # here pandera imports what it needs
    gc.freeze()


def _answer(client: socket.socket) -> NoReturn:
    """A job, and its exit code to who asked; whose end is its end. In a fork, which ends here."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        size, descriptors, *_ = socket.recv_fds(client, 8, 2)
        with client.makefile("rb") as said:
            asked: ForkRequest = pickle.loads(said.read(int.from_bytes(size, "big")))
        if not (job := os.fork()):
            _be(asked, descriptors)
        waited: list[Any] = [ended := os.pidfd_open(job), client]
        if ended not in select.select(waited, [], [])[0]:
            os.kill(job, signal.SIGTERM)
        code = os.waitstatus_to_exitcode(os.waitpid(job, 0)[1])
        client.sendall(b"%d" % (code if code >= 0 else 128 - code))
    finally:
        os._exit(0)


def _be(asked: ForkRequest, descriptors: Sequence[int]) -> NoReturn:
    """The job, in a fork, which ends here."""
    code: int | str | None = 1
    try:
        for descriptor, to in zip(descriptors, (1, 2), strict=True):
            os.dup2(descriptor, to)
        sys.stdout, sys.stderr = (os.fdopen(k, "w", 1, errors="backslashreplace") for k in (1, 2))
        os.chdir(asked.folder)
        os.environ.clear()
        os.environ.update(asked.env)
        sys.argv, sys.path[:], tempfile.tempdir = [asked.script], asked.path, None
        run_job(Path(asked.script), asked.told)
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:  # told as Python does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))
