"""The morning run: forecast, page and status, with an exit code that says how it went.

`python -m rtlmp.pipeline.morning --configfile config/live.yaml`: words as for snakemake. Snakemake
itself ends with 0 or 1, whatever the forecast was made of.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Final

from rtlmp.pipeline.environment import HOME

ALERT: Final = 20  # more than the verdict, where the forecast has an alert
STATUS_COPY: Final = "RTLMP_STATUS"  # in the environment: a second place for the JSON
TOLD: Final = "RTLMP_TOLD"  # and a file in which the run says where its results lie
NOBODY: Final = {"HOME": tempfile.gettempdir(), "USER": "rtlmp"}  # of a container's nameless user


class Verdict(IntEnum):
    """Of a morning, as its exit code."""

    GOOD = 0
    FAILED = 1  # no forecast of the date
    DEGRADED = 10  # there is one, with what `why` says
    LATE = 11  # first there after the deadline
    REFUSED = 12  # settings or date: nothing was tried


def morning(words: Sequence[str]) -> int:
    """Run the targets `daily` and `status`; what the status says of the forecast, as exit code."""
    made = run_snakemake("daily", words)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "status.json"
        run_snakemake("status", words, **{STATUS_COPY: str(told)})
        if not told.exists():
            return Verdict.REFUSED
        found = json.loads(told.read_text())
    verdict = Verdict(found["verdict_code"])
    verdict = Verdict.DEGRADED if made and verdict is Verdict.GOOD else verdict
    return verdict + ALERT * bool(found.get("alerts"))


def run_snakemake(target: str, words: Sequence[str], **environment: str) -> int:
    """Its exit code; a file among `words` that is not here is that of the same name installed."""
    named = [str(HOME / w) if not Path(w).exists() and (HOME / w).is_file() else w for w in words]
    cores = [] if {"--cores", "-c", "--profile"} & {*words} else ["--cores", "all"]
    home = [] if {"--snakefile", "-s"} & {*words} else ["--snakefile", str(HOME / "Snakefile")]
    command = [sys.executable, "-m", "snakemake", target, *home, *cores, *named]
    return subprocess.run(command, env=NOBODY | os.environ | environment, check=False).returncode


if __name__ == "__main__":
    code = morning(sys.argv[1:])
    sys.stderr.write(f"morning: {Verdict(code % ALERT).name.lower()}, exit code {code}\n")
    sys.exit(code)
