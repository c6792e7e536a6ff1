"""pyproject.toml, the pinned requirements and environment.yml are one environment."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.build import ROOT

LINES = [s for s in (ROOT / "requirements.txt").read_text().splitlines() if s.strip()]
PINS = {canonicalize_name(Requirement(s).name): Requirement(s) for s in LINES if s[0] != "#"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_direct_dependency_is_pinned_to_a_version_it_allows():
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        pin = PINS[canonicalize_name(wanted.name)]
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert wanted.specifier.contains(exact.version), text


def test_what_runs_here_is_what_is_pinned():
    different = {}
    for name, pin in PINS.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "missing"
        if not pin.specifier.contains(installed):
            different[name] = f"{installed}, pinned {pin.specifier}"
    assert not different


def test_conda_users_get_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python = next(d for d in conda if isinstance(d, str) and d.startswith("python="))
    assert PROJECT["requires-python"] == ">=3.11,<3.12"
    assert python == "python=3.11"
    assert {"pip": ["-r requirements.txt"]} in conda


def test_nothing_names_a_registry():
    for name in (
        "requirements.txt",
        "environment.yml",
        "pyproject.toml",
        "Makefile",
        ".ci/run",
        ".ci/slurm",
    ):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://|index-url|find-links", text), name
