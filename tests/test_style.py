"""House rules that a linter cannot hold: one spelling of a name, one name a thing, small things.

Each rule is one test over all files, which reports every offender. That imports run one way only
is in pyproject.toml, for import-linter.
"""

import ast
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import pandera.pandas as pa
import yaml

from rtlmp import schemas
from rtlmp.catalog import SeriesName
from rtlmp.features.matrix import FEATURES
from rtlmp.schemas import core
from rtlmp.schemas.names import Forecaster, Metric
from tests.helpers.build import ROOT

PACKAGE = ROOT / "rtlmp"
MODULES = sorted(PACKAGE.rglob("*.py"))
# where names are typed out: the last two list strategies and the settings of old
SPELLED_IN = (
    "catalog.py",
    "schemas",
    "evaluation/tables.py",
    "model_selection/tables.py",
    "battery/__init__.py",
    "config/errors.py",
)
# words of pandas, services, fits and configs that are a column somewhere too
EVERYDAY = {"frequency", "hour", "last", "load", "month", "percent", "rule", "share", "spread"}
EVERYDAY |= {"threshold", "value", "earlier", "ahead"}
# public names that two modules may share, with the reason
SHARED = set[str]()
N = TypeVar("N", bound=ast.AST)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def nodes(path: Path, kind: type[N]) -> Iterator[N]:
    return (n for n in ast.walk(tree(path)) if isinstance(n, kind))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def refuse(offenders: Sequence[object]) -> None:
    assert not offenders, "\n".join(map(str, offenders))


def columns() -> set[str]:
    """Of every table."""
    names = [f"{schemas.__name__}.{m.name}" for m in pkgutil.iter_modules(schemas.__path__)]
    rooms = ("rtlmp.evaluation.tables", "rtlmp.model_selection.tables", "rtlmp.nowcast")
    modules = [import_module(name) for name in (*names, *rooms)]
    classes = {c for m in modules for _, c in inspect.getmembers(m, inspect.isclass)}
    tables = [c for c in classes - {pa.DataFrameModel} if issubclass(c, pa.DataFrameModel)]
    return {column for table in tables for column in table.to_schema().columns}


def typed_keys() -> set[str]:
    """Keys of typed dicts, of the config and of JSON files: mypy checks how they are spelled."""
    known, found = {"TypedDict"}, set[str]()
    for _ in range(3):  # a typed dict of a typed dict
        for path in MODULES:
            for made in nodes(path, ast.ClassDef):
                if known & {ast.unparse(base) for base in made.bases}:
                    known.add(made.name)
                    fields = [n.target for n in made.body if isinstance(n, ast.AnnAssign)]
                    found |= {field.id for field in fields if isinstance(field, ast.Name)}
    return found


def test_no_column_series_feature_metric_or_forecaster_is_typed_as_text():
    names = columns() | {f.name for f in FEATURES} | {*SeriesName, *Metric, *Forecaster}
    guarded = {str(name) for name in names} - typed_keys() - EVERYDAY
    paths = [p for p in MODULES if not name_of(p).startswith(SPELLED_IN)]
    typed = [
        (name_of(p), n.lineno, n.value)
        for p in paths
        for n in nodes(p, ast.Constant)
        if n.value in guarded
    ]
    refuse(typed)


def test_columns_are_spelt_as_in_the_tables():
    from rtlmp.asof.vintages import SCHEMA
    from rtlmp.schemas import columns as light

    names = {name for key, name in vars(light).items() if key.isupper() and key != "OBSERVED"}
    observed = {*core.Observations.to_schema().columns}
    assert {*light.OBSERVED} == {*SCHEMA.names} == observed
    assert names <= {*light.OBSERVED, *core.Forecast.to_schema().columns}


def test_two_public_things_never_share_a_name():
    """Functions and classes of modules; a word means one thing."""
    homes = defaultdict[str, list[str]](list)
    for path in MODULES:
        for made in tree(path).body:
            if isinstance(made, ast.FunctionDef | ast.ClassDef) and made.name[0] != "_":
                homes[made.name].append(name_of(path))
    refuse([(name, of) for name, of in homes.items() if len(of) > 1 and name not in SHARED])


def test_files_and_functions_stay_small():
    """Files under 200 lines, functions under 30 without their docstring."""
    files = [(name_of(p), len(p.read_text().splitlines())) for p in MODULES]
    functions = [
        (name_of(p), fn.name, length(fn)) for p in MODULES for fn in nodes(p, ast.FunctionDef)
    ]
    refuse([f for f in files if f[-1] >= 200] + [f for f in functions if f[-1] >= 30])


def length(fn: ast.FunctionDef) -> int:
    start = fn.body[1] if ast.get_docstring(fn) and len(fn.body) > 1 else fn.body[0]
    return (fn.end_lineno or 0) - start.lineno


def jobs() -> dict[str, str]:
    """Rules that start a process of their own, and what is in them."""
    text = "".join(p.read_text() for p in sorted((ROOT / "workflow/rules").glob("*.smk")))
    return dict(re.findall(r"^use rule \w+ as ([a-z]\w*) with:\n((?:    .*\n|\n)+)", text, re.M))


def test_every_job_writes_a_log():
    refuse([name for name, body in jobs().items() if 'log:\n        f"{LOGS}/' not in body])


def test_the_profile_for_clusters_groups_rules_that_are_there():
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    assert {*profile["groups"]} <= {*jobs()}
    assert {*profile["group-components"]} <= {*profile["groups"].values()}
