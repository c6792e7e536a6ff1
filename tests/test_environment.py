"""pyproject.toml, the pinned requirements and environment.yml are one environment."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.helpers.build import ROOT


def pins(name: str) -> dict[str, Requirement]:
    lines = [s for s in (ROOT / name).read_text().splitlines() if s.strip() and s[0] not in "#-"]
    return {canonicalize_name(Requirement(s).name): Requirement(s) for s in lines}


RUNTIME, DEV = pins("requirements.txt"), pins("requirements-dev.txt")
PINS = {**RUNTIME, **DEV}
SAME_CODE = {"xgboost-cpu": "xgboost"}  # with CUDA
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = WHOLE["project"]


def test_every_direct_dependency_is_pinned_to_a_version_it_allows():
    extras = PROJECT["optional-dependencies"]
    named = [text for extra in ("alerts", "dev", "s3", "slurm") for text in extras[extra]]
    for text in [*named, *WHOLE["build-system"]["requires"]]:
        wanted = Requirement(text)
        pin = PINS[canonicalize_name(wanted.name)]
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert wanted.specifier.contains(exact.version), text


def installed_version(name: str | None) -> str | None:
    try:
        return version(name) if name else None
    except PackageNotFoundError:
        return None


def test_what_only_tests_need_is_not_installed_to_run():
    """Nor CUDA: 469 MB that a forecast without a graphics card never opens."""
    assert not {"moto", "flask", "boto3", "mypy", "pytest", "ruff"} & {*RUNTIME}
    assert not [name for name in PINS if name.startswith("nvidia")]
    assert not [q for q in RUNTIME if re.match("snakemake-(executor|storage)-plugin", q)]  # extras
    assert not {*RUNTIME} & {*DEV}
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text().splitlines()


def test_what_runs_here_is_what_is_pinned():
    different = {}
    for name, pin in PINS.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        installed = next(
            filter(None, map(installed_version, (name, SAME_CODE.get(name)))), "missing"
        )
        if installed == "missing" or not pin.specifier.contains(installed):
            different[name] = f"{installed}, pinned {pin.specifier}"
    assert not different


def test_conda_users_get_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert f"python{PROJECT['requires-python']}" in conda
    assert {"pip": ["-r requirements-dev.txt", "-e ."]} in conda


def test_every_python_that_is_promised_is_named_and_accepted_by_make():
    allowed = SpecifierSet(PROJECT["requires-python"])
    minors = [f"3.{k}" for k in range(30) if f"3.{k}" in allowed]
    named = [c.split(" :: ")[-1] for c in PROJECT["classifiers"] if "Python :: " in c]
    assert named == minors
    make = (ROOT / "Makefile").read_text()
    assert all(f"python{minor}" in make for minor in minors)
    assert f"rtlmp needs Python {minors[0]} to {minors[-1]}," in make


def test_every_folder_of_the_package_is_installed_with_its_data():
    package = ROOT / "rtlmp"
    folders = {path.parent for path in package.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
    kinds = (".css", ".html", ".js", ".pyi", ".typed")
    data = {path for path in package.rglob("*") if path.suffix in kinds}
    globs = WHOLE["tool"]["setuptools"]["package-data"]
    named = {
        path
        for name, of in globs.items()
        for g in of
        for path in (ROOT / name.replace(".", "/")).glob(g)
    }
    assert data == named


def test_what_the_package_imports_is_what_pip_installs_with_it():
    assert PROJECT["dynamic"] == ["dependencies"]
    dependencies = WHOLE["tool"]["setuptools"]["dynamic"]["dependencies"]
    assert dependencies == {"file": ["requirements.txt"]}
    files = [p for of in ("rtlmp", "workflow/scripts") for p in (ROOT / of).rglob("*.py")]
    found = {imported.split(".")[0] for path in files for imported in imports(path)}
    third, homes = found - {*sys.stdlib_module_names, "rtlmp", "__main__"}, packages_distributions()
    pinned = {*RUNTIME, *SAME_CODE.values()}
    assert not {m for m in third if not {*map(canonicalize_name, homes[m])} & pinned}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_least_snakemake_is_the_same_for_pip_and_for_the_workflow():
    [asked] = re.findall(r'^min_version\("(.+)"\)$', (ROOT / "Snakefile").read_text(), re.M)
    [pin] = PINS["snakemake"].specifier
    assert SpecifierSet(f">={asked}").contains(pin.version)


def test_a_version_is_the_same_wherever_it_is_said():
    said = PROJECT["version"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == said
    [newest, *_] = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest == said


def test_nothing_names_a_registry():
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "environment.yml",
        "pyproject.toml",
        "Makefile",
        ".ci/run",
        ".ci/slurm",
        ".ci/audit",
        ".ci/licences.py",
        "deploy/Containerfile",
        ".ci/lint_workflow.py",
        ".pre-commit-config.yaml",
        ".github/workflows/ci.yml",
    ):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://|index-url|find-links", text), name


def test_only_live_sources_need_what_windows_lacks():
    paths = [*(ROOT / "rtlmp").rglob("*.py"), *(ROOT / "workflow/scripts").glob("*.py")]
    assert not [path for path in paths if re.search(r"^import fcntl", path.read_text(), re.M)]
