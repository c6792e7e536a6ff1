"""Who was killed leaves no lock behind; who lives keeps it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtlmp.pipeline.lock import clear_dead_lock
from tests.helpers.build import ROOT

OWNER = """import sys, time
from pathlib import Path
from rtlmp.pipeline.lock import clear_dead_lock
alive = clear_dead_lock(Path(sys.argv[1]))
(Path(sys.argv[1]) / "locks/0.output.lock").write_text("a file")
print("locked", flush=True)
time.sleep(600)"""


@pytest.fixture
def owner(tmp_path):
    """A process that holds the lock of a folder."""
    (tmp_path / "locks").mkdir()
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stdout.readline() == b"locked\n"
        yield process
        process.kill()


def locks(folder: Path) -> list[str]:
    return [path.name for path in (folder / "locks").iterdir()]


def test_the_lock_of_a_live_process_is_respected(tmp_path, owner):
    clear_dead_lock(tmp_path).close()
    assert owner.poll() is None
    assert locks(tmp_path) == ["0.output.lock"]


def test_the_lock_of_a_killed_process_goes_by_itself(tmp_path, owner, capsys):
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    with clear_dead_lock(tmp_path):
        assert locks(tmp_path) == []
    assert "0.output.lock: the Snakemake that left it is dead" in capsys.readouterr().err


def test_two_that_live_at_once_are_both_seen(tmp_path, owner):
    with clear_dead_lock(tmp_path):
        owner.kill()
        owner.wait()
        clear_dead_lock(tmp_path).close()
        assert locks(tmp_path) == ["0.output.lock"]
    clear_dead_lock(tmp_path).close()
    assert locks(tmp_path) == []
