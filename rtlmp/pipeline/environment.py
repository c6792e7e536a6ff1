"""What the process of a job is started with, by Snakemake and by a benchmark alike."""

import subprocess
import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1]
# Of Snakefile, config.yaml, workflow/ and profiles/: a checkout, or what was installed of it.
HOME: Final = at if (at := PACKAGE / "workflow").exists() else PACKAGE.parent
# It keeps what it frees: glibc else gives it back to the kernel and asks for it again, a tenth of a
# training. The last, for arrays too: given the others it is 128 KiB and no longer rises by itself.
SIZES: Final = {"TRIM_THRESHOLD_": 4 << 30, "TOP_PAD_": 64 << 20, "MMAP_THRESHOLD_": 32 << 20}
ENVIRONMENT: Final = {f"MALLOC_{name}": str(size) for name, size in SIZES.items()}
WHERE: Final = """from importlib.util import find_spec
print(getattr(find_spec("rtlmp"), "origin", ""))"""


def require_own_package(root: Path) -> None:
    """Raise where scripts of the checkout in `root` would run another package than it holds.

    Snakemake itself imports what lies beside the Snakefile, but the process of a script looks at
    PYTHONPATH and at what is installed first.
    """
    own = root / "rtlmp"
    command = [sys.executable, "-P", "-c", WHERE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    found = Path(said).parent if said else own  # not installed: Snakemake hands on its own path
    if own.is_dir() and not own.samefile(found) and _code(own) != _code(found):
        raise ImportError(
            f"scripts would run {found}, which is not the code in {own}: "
            f"pip install --no-deps -e {root}, or set PYTHONPATH={root}"
        )


def _code(package: Path) -> dict[str, bytes]:
    return {p.relative_to(package).as_posix(): p.read_bytes() for p in package.rglob("*.py")}
