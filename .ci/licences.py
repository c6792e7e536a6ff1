"""Licence of every package that requirements.txt pins, by its own word. Exits 1 on a silent one."""

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def licence(name: str) -> str:
    """Its SPDX expression, classifiers, or the first line of its licence field or file."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return "not installed here"
    said, texts = package.metadata, [f for f in package.files or () if "LICEN" in f.name.upper()]
    classes = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or () if "License" in c]
    free = (said.get("License") or "").strip().splitlines()
    text = [line.strip() for f in texts for line in f.read_text().splitlines() if line.strip()]
    return said.get("License-Expression") or ", ".join(classes) or "".join([*free, *text][:1])


def main() -> int:
    lines = (Path(__file__).parents[1] / "requirements.txt").read_text().splitlines()
    found = {name: licence(name) for name in (re.split("[=;]", line)[0] for line in lines)}
    sys.stdout.writelines(f"{name:45s} {of or 'says none'}\n" for name, of in found.items())
    return int(not all(found.values()))


if __name__ == "__main__":
    sys.exit(main())
