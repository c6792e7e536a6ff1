"""Snakemake and its jobs forked from a Python whose imports are done: a run in a tenth of the time.

Each is a process of its own, by the real Snakefile, scripts and exit codes; only `python x` is a
fork. A clock and, for kills, a tracer can be set through the environment that a run is given.
"""

import contextlib
import datetime as clock
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.helpers import lines

ROOT: Final = lines.PACKAGE.parent
SOCKET: Final = "WARM_SOCKET"  # in the environment of what runs
AHEAD: Final = "WARM_AHEAD"  # s from the machine's clock to that which `datetime.now` tells
NO_SERVER: Final = "RTLMP_FORKSERVER"  # of `pipeline.forkserver`: these forks are enough
GROUP: Final = "WARM_GROUP"  # of processes, to be killed at once
COUNT: Final = "WARM_COUNT"  # a file with a byte for each script started
TRACE: Final = "WARM_TRACE"  # these system calls of each script go to a file beside COUNT
KILL: Final = "WARM_KILL"  # number of a script, from 0; system call; which of them is its last
OWN: Final = "WARM_OWN"  # of Snakemake itself: which change of a file is its last; 0: count them
CHANGES: Final = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
LOADED: Final = (
    "snakemake.cli",
    "snakemake.script",
    "pandera.pandas",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "xgboost",
    "sklearn.linear_model",
    "matplotlib.pyplot",
)
LONGEST: Final = 900.0  # s, of a run
Real = clock.datetime


class Anyone(type):
    def __instancecheck__(cls, of: object) -> bool:
        return isinstance(of, Real)


class Clock(Real, metaclass=Anyone):
    """Makes real times, but `now`."""

    ahead = 0.0

    def __new__(cls, *of: Any, **more: Any) -> Any:
        return Real(*of, **more)

    @classmethod
    def now(cls, tz: clock.tzinfo | None = None) -> Real:  # type: ignore[override]
        return Real.fromtimestamp(time.time() + cls.ahead, tz)


@contextmanager
def warm(folder: Path) -> Iterator[dict[str, str]]:
    """What to add to the environment of what runs."""
    path, one = folder / "warm.socket", {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    # a new Python: a fork of one that has trained before never ends its own training (libgomp)
    words = ["-m", "tests.helpers.warm", str(path), str(os.getpid())]
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, env={**os.environ, **one}) as server:
        try:
            while not path.exists():
                if server.poll() is not None:
                    raise RuntimeError(f"it ended with {server.returncode} before it served")
                time.sleep(0.05)
            yield {SOCKET: str(path), "OMP_NUM_THREADS": "1", NO_SERVER: "0"}
        finally:
            server.kill()


class Process(NamedTuple):
    pid: int  # and group
    told: socket.socket

    def ended(self) -> int:
        """Its exit code, when it has ended; -9 where it was killed. Raises TimeoutError."""
        self.told.settimeout(LONGEST)  # s
        with self.told:
            return int(self.told.recv(16).decode() or -signal.SIGKILL)


def started(words: Sequence[str], cwd: Path, env: Mapping[str, str], said: int = 1) -> Process:
    """`python *words`, whose output goes to the file `said`."""
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(env[SOCKET])
    asked = json.dumps({"words": [*words], "cwd": str(cwd), "env": {**os.environ, **env}}).encode()
    socket.send_fds(asking, [len(asked).to_bytes(4, "big")], [said])
    asking.sendall(asked)
    return Process(int(asking.recv(16)), asking)


def finished(words: Sequence[str], cwd: Path, env: Mapping[str, str], said: int = 1) -> int:
    return started(words, cwd, env, said).ended()


def _serve(path: Path, parent: int) -> None:
    """Forks for whoever asks; it has one thread, so that forks are whole."""
    os.setsid()
    warnings.simplefilter("ignore")
    write_lines = lines.count()
    import rtlmp

    mine = [m.name for m in pkgutil.walk_packages(rtlmp.__path__, "rtlmp.")]
    for name in [*LOADED, *(m for m in mine if not m.endswith("__main__"))]:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as asked:
        asked.bind(str(path))
        asked.listen(64)
        asked.settimeout(1)
        while os.getppid() == parent:
            try:
                answer, _ = asked.accept()
            except TimeoutError:
                continue
            answer.setblocking(True)
            if not os.fork():
                asked.close()
                _watch(answer, write_lines)
            answer.close()
    os._exit(0)


def _watch(answer: socket.socket, write_lines: Callable[[], None]) -> None:
    """In a process of its own: who is killed cannot tell."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, fds, *_ = socket.recv_fds(answer, 4, 1)
    asked, want = b"", int.from_bytes(size, "big")
    while len(asked) < want:
        asked += answer.recv(1 << 16)
    task = json.loads(asked)
    if not (child := os.fork()):
        answer.close()
        os.dup2(fds[0], 1)
        os.dup2(fds[0], 2)
        sys.stdout, sys.stderr = (os.fdopen(k, "w", 1, closefd=False) for k in (1, 2))
        code = _child(task["words"], task["cwd"], task["env"])
        write_lines()
        os._exit(code)
    os.close(fds[0])
    answer.sendall(f"{child:16d}".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == -signal.SIGKILL and {KILL, GROUP} <= {*task["env"]}:  # the machine goes down
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(task["env"][GROUP]), signal.SIGKILL)
    with contextlib.suppress(BrokenPipeError):  # who asked was killed
        answer.sendall(f"{code}".encode())
    os._exit(0)


def _child(words: list[str], cwd: str, env: Mapping[str, str]) -> int:
    try:
        os.setpgid(0, int(env.get(GROUP, 0)))
    except OSError:  # the group is dead: so would this one be
        return 1
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update({**env, GROUP: str(os.getpgid(0))})
    sys.path.insert(0, cwd)
    _forget_other_code(Path(cwd) / "rtlmp")
    _set_clock(float(env.get(AHEAD, 0)))
    _redirect()
    try:
        _run(words, env)
    except SystemExit as end:
        return int(end.code or 0) if isinstance(end.code, int | None) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _forget_other_code(own: Path) -> None:
    """A checkout whose `rtlmp` is not what was imported here imports its own."""
    if own.is_dir() and _written(own) != _written(ROOT / "rtlmp"):
        for name in [m for m in sys.modules if m.partition(".")[0] == "rtlmp"]:
            del sys.modules[name]


def _written(package: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of each module; a copy keeps both."""
    stats = ((path.relative_to(package), path.stat()) for path in package.rglob("*.py"))
    return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats}


def _run(words: list[str], env: Mapping[str, str]) -> None:
    from snakemake.cli import main

    sys.argv = words
    if words[:2] == ["-m", "snakemake"]:
        done = _kill_itself(int(env[OWN])) if OWN in env else []
        try:
            main(words[2:])
        finally:
            if TRACE in env:
                Path(f"{env[COUNT]}.own").write_text("\n".join(done))
    elif words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        _count_and_trace(env)
        clock.datetime = Clock  # type: ignore[misc]
        runpy.run_path(words[0], run_name="__main__")


def _redirect() -> None:
    """What would start a Python asks for a fork."""
    from snakemake.script import PythonScript

    real = subprocess.run

    def asked(command: Any, *more: Any, **options: Any) -> Any:
        if not isinstance(command, list) or command[:2] != [sys.executable, "-m"]:
            return real(command, *more, **options)
        env = options.get("env") or os.environ
        return subprocess.CompletedProcess(command, finished(command[1:], Path.cwd(), env))

    def executed(_: PythonScript, fname: str, **__: bool) -> None:
        if code := finished([fname], Path.cwd(), os.environ):
            raise subprocess.CalledProcessError(code, fname)

    subprocess.run = asked  # type: ignore[assignment]
    PythonScript.execute_script = executed


def _set_clock(ahead: float) -> None:
    """`datetime.now` of our modules, and of what a script imports."""
    if not ahead:
        return
    Clock.ahead = ahead
    for name, module in sys.modules.items():
        if name.startswith("rtlmp.") and getattr(module, "datetime", None) is Real:
            module.datetime = Clock  # type: ignore[attr-defined]


def _count_and_trace(env: Mapping[str, str]) -> None:
    if COUNT not in env:
        return
    with Path(env[COUNT]).open("ab") as file:
        number = file.tell()
        file.write(b".")
    if TRACE in env:
        _trace("-o", f"{env[COUNT]}.{number}", "-e", f"trace={env[TRACE]}")
    job, call, at = env.get(KILL, ";;").split(";")
    if str(number) == job:
        inject = f"inject={call}:signal=KILL:when={at}"
        _trace("-o", "/dev/null", "-e", f"trace={call}", "-e", inject)


def _kill_itself(at: int) -> list[str]:
    """At the change of a file that has this number: before it, or with a new file still empty.

    Gives where the changes will stand.
    """
    done = list[str]()

    def due(event: str, path: object) -> bool:
        done.append(f"{event}({path}")
        return len(done) == at

    def hook(event: str, of: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(of[0], str) and (of[2] or 0) & os.O_ACCMODE
        if (opened or event in CHANGES) and due(event, of[0]):
            os.killpg(0, signal.SIGKILL)
        if opened and due("opened", of[0]):
            os.close(os.open(of[0], of[2] | os.O_CREAT, 0o644))
            os.killpg(0, signal.SIGKILL)

    sys.addaudithook(hook)
    return done


def _trace(*words: str) -> None:
    """Let strace follow this process from here on."""
    me = str(os.getpid())
    subprocess.Popen(["strace", "-qq", "-y", *words, "-p", me])
    status = Path("/proc/self/status")
    while "TracerPid:\t0\n" in status.read_text():
        time.sleep(0.01)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
