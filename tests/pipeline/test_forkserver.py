"""A job that the server forks is as one that Python starts: output, environment, code, death."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from rtlmp.pipeline import forkserver
from rtlmp.pipeline.forkserver import SOCKET, run_forked
from tests.helpers.build import ROOT

ASK = """import sys
from pathlib import Path
from types import SimpleNamespace
from rtlmp.pipeline.forkserver import run_forked
told = SimpleNamespace(rule="r", wildcards={}, output=[], params=7)
sys.exit(run_forked(Path(sys.argv[1]), told))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Of a server that is up while these tests run."""
    os.environ.pop(SOCKET, None)
    with contextlib.chdir(tmp_path_factory.mktemp("run")):
        forkserver.start(forkserver.FEWEST)
        yield str(Path.cwd() / os.environ[SOCKET])
        forkserver.stop()


def asking(script: Path, env: dict[str, str]) -> "subprocess.Popen[str]":
    """Who asks the server for a fork, as `run.py` does."""
    words, both = [sys.executable, "-c", ASK, str(script)], {"PYTHONPATH": str(ROOT)}
    at, env, pipe = script.parent, {**os.environ, **both, **env}, subprocess.PIPE
    return subprocess.Popen(words, cwd=at, env=env, text=True, stdout=pipe, stderr=pipe)


def test_it_has_folder_environment_streams_and_what_snakemake_tells(tmp_path, address):
    (tmp_path / "x.py").write_text(
        "import os, sys\n"
        "import __main__\n"
        "print(os.getcwd(), os.environ['ASKED'], __main__.snakemake.params, snakemake.params)\n"
        "sys.stderr.write('pandas' in sys.modules and 'loaded')\n"
    )
    for _ in range(9):  # the first may come before it is
        out, err = asking(tmp_path / "x.py", {SOCKET: address, "ASKED": "yes"}).communicate()
    assert out == f"{tmp_path} yes 7 7\n"
    assert err.startswith("loaded")
    assert "step r: " in err


@pytest.mark.parametrize(
    ("code", "want", "said"),
    [
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('why')", 1, ""),
        ("raise KeyError('a column')", 1, "KeyError: 'a column'"),
        ("import os; os.kill(os.getpid(), 9)", 137, ""),
    ],
)
def test_it_ends_as_its_script_does(tmp_path, address, code, want, said):
    (tmp_path / "x.py").write_text(code)
    client = asking(tmp_path / "x.py", {SOCKET: address})
    assert said in client.communicate()[1]
    assert client.returncode == want


def test_it_ends_with_who_asked(tmp_path, address):
    (tmp_path / "x.py").write_text(
        "import os, time\nfrom pathlib import Path\n"
        "Path('pid.part').write_text(str(os.getpid()))\nos.rename('pid.part', 'pid')\n"
        "time.sleep(600)\n"
    )
    client = asking(tmp_path / "x.py", {SOCKET: address})
    until(lambda: (tmp_path / "pid").exists())
    pid = int((tmp_path / "pid").read_text())
    os.kill(pid, 0)  # there it is
    client.kill()
    client.communicate()
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_who_says_nothing_harms_no_one(tmp_path, address):
    for asked in (b"", (99).to_bytes(8, "big") + b"half"):
        with forkserver.socket.socket(forkserver.socket.AF_UNIX) as client:
            client.connect(address)
            client.sendall(asked)
    (tmp_path / "x.py").write_text("raise SystemExit(4)")
    client = asking(tmp_path / "x.py", {SOCKET: address})
    client.communicate()
    assert client.returncode == 4


def test_it_goes_with_snakemake_and_leaves_nothing(tmp_path):
    start = "import os; from rtlmp.pipeline import forkserver as f; f.start(9);"
    start += "print(os.environ[f.SOCKET], f.SERVERS[0].pid)"
    env = {key: value for key, value in os.environ.items() if key != SOCKET}
    words, env = [sys.executable, "-c", start], {**env, "PYTHONPATH": str(ROOT)}
    (tmp_path / forkserver.AT).parent.mkdir()
    (tmp_path / forkserver.AT).touch()  # of a run that was killed
    said = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    at, pid = said.stdout.split()
    assert at == str(forkserver.AT)
    until(lambda: not Path(f"/proc/{pid}").exists())
    assert [*(tmp_path / ".snakemake").iterdir()] == []


def test_without_one_the_job_is_run_where_it_is(tmp_path, monkeypatch):
    told = SimpleNamespace(rule="r", wildcards={}, output=[])
    monkeypatch.chdir(tmp_path)
    for at in ("0", str(tmp_path / "gone")):
        monkeypatch.setenv(SOCKET, at)
        assert run_forked(tmp_path / "x.py", told) is None
        forkserver.start(99)  # told not to
        assert os.environ[SOCKET] == at
    monkeypatch.delenv(SOCKET)
    assert run_forked(tmp_path / "x.py", told) is None
    forkserver.start(forkserver.FEWEST - 1)
    assert SOCKET not in os.environ
    monkeypatch.setattr(forkserver, "AT", tmp_path / ("x" * 120))
    forkserver.start(99)  # no socket can have that name
    assert SOCKET not in os.environ


def until(there, most: float = 60) -> None:
    end = time.monotonic() + most
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)
