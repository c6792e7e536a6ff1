"""`snakemake --lint`, less the complaints waived here; Snakemake itself cannot waive one.

Exits 1 on any other complaint, and on a waiver that nothing needs any more.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

WAIVED: Final = {
    "Specify a conda environment or container for each rule.": (
        "all rules share one pinned environment, in which the main process runs too: a model and "
        "its forecasts need the same XGBoost, to the bit"
    )
}
FORMAT: Final = re.compile(r"^Lints for (.+):\n((?:    .*\n)+)", re.MULTILINE)
COMPLAINT: Final = re.compile(r"^    \* (.+):$", re.MULTILINE)


def complaints(said: str) -> list[tuple[str, str]]:
    """Where and what, one for each complaint in Snakemake's text."""
    return [(where, what) for where, of in FORMAT.findall(said) for what in COMPLAINT.findall(of)]


def main() -> int:
    command = [sys.executable, "-m", "snakemake", "--lint", *sys.argv[1:]]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    found = complaints(done.stderr)
    wrong = [f"{where}: {what}" for where, what in found if what not in WAIVED]
    wrong += [f"no longer needed: {what}" for what in WAIVED.keys() - {what for _, what in found}]
    if done.returncode and not found:
        wrong.append(done.stderr)  # no lint, an error
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
