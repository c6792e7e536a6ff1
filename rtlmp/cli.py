"""`rtlmp <target>`: the workflow from any folder, with words as for snakemake."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
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
    "targets": "this list",
}


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
    if name in TARGETS or "/" in name:  # a file is a target too
        return _make(name, words)
    listed = {name: of for name, (of, _) in TARGETS.items()} | COMMANDS
    lines = "".join(f"  {name:9s} {of}\n" for name, of in listed.items())
    sys.stdout.write(f"rtlmp <target or command> [words as for snakemake]\n{lines}")
    if unknown := name not in ("targets", "help", "-h", "--help"):
        sys.stderr.write(f"rtlmp: no target {name}{did_you_mean([name], listed)}\n")
    return 2 * unknown


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
