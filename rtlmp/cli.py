"""`rtlmp <target>`: the workflow from any folder, with words as for snakemake."""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Final

from rtlmp.config.errors import did_you_mean
from rtlmp.pipeline.environment import HOME
from rtlmp.pipeline.morning import TOLD, run_snakemake

MOST: Final = 8  # files named
ROW: Final = re.compile(r"^\| `(\w+)` \| (.+?) \| (.*) \|$", re.MULTILINE)
DESCRIBED: Final = ROW.findall((HOME / "docs/targets.md").read_text())
TARGETS: Final = {name: (about, re.findall("`(.+?)`", files)) for name, about, files in DESCRIBED}
MODULES: Final = {"import": "rtlmp.sources.imports", "morning": "rtlmp.pipeline.morning"}
COMMANDS: Final = {name: f"python -m {module}" for name, module in MODULES.items()} | {
    "check": "settings and data as `forecast` reads them, and its jobs; makes nothing",
    "watch": "`nowcast` at each SCED run until stopped; --count N: that often",
    "targets": "this list",
}
PERIOD, BEGIN = 300, 15  # s: a SCED run is posted from 15 s after each 5 minutes on; the job waits


def command_line() -> None:
    """The command line; its exit code is that of Snakemake, 2 where there is no such target."""
    name, *words = sys.argv[1:] or ["targets"]
    sys.exit(command(name, words))


def command(name: str, words: Sequence[str]) -> int:
    """Carry one out; its exit code."""
    if name in MODULES:
        return subprocess.run([sys.executable, "-m", MODULES[name], *words], check=False).returncode
    if name == "check":
        return run_snakemake("forecast", ["--dry-run", "--quiet", "all", *words])
    if name == "watch":
        return _watch(words)
    if name in TARGETS or "/" in name:  # a file is a target too
        return _make(name, words)
    listed = {name: of for name, (of, _) in TARGETS.items()} | COMMANDS
    lines = "".join(f"  {name:9s} {of}\n" for name, of in listed.items())
    sys.stdout.write(f"rtlmp <target or command> [words as for snakemake]\n{lines}")
    if unknown := name not in ("targets", "help", "-h", "--help"):
        sys.stderr.write(f"rtlmp: no target {name}{did_you_mean([name], listed)}\n")
    return 2 * unknown


def _watch(words: Sequence[str]) -> int:
    """Exit code of the last one; 0 where SIGINT or SIGTERM ended it. None is cut short."""
    parser = argparse.ArgumentParser("rtlmp watch", allow_abbrev=False)
    parser.add_argument("--count", type=int, default=sys.maxsize)
    given, rest = parser.parse_known_args(words)
    stop, failed, left = Event(), 0, given.count
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while left and not stop.wait((BEGIN - time.time()) % PERIOD):
        failed, left = _make("nowcast", ["--nolock", *rest]), left - 1
    return 0 if stop.is_set() else failed


def _make(target: str, words: Sequence[str]) -> int:
    """Let Snakemake make it; then say where it lies."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "run.json"
        failed = run_snakemake(target, words, **{TOLD: str(told)})
        run = json.loads(told.read_text()) if told.exists() else {}
    took = f"{time.monotonic() - began:.0f} s"
    if failed or not run:
        sys.stderr.write(f"rtlmp {target}: failed after {took}, the reason is above\n")
        return failed or 1
    root, (_, files) = Path(run["root"]), TARGETS.get(target, ("", []))
    patterns = (re.sub(r"<\w+>", "*", of.replace("<date>", run["date"])) for of in files)
    made = [path for of in patterns for path in sorted(root.glob(of))]
    sys.stdout.writelines(f"  {path.relative_to(root)}\n" for path in made[:MOST])
    sys.stdout.write(f"  and {len(made) - MOST} more\n" * (len(made) > MOST))
    sys.stdout.write(f"rtlmp {target}, {run['date']}: {len(made)} files in {root}, {took}\n")
    return 0
