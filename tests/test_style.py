"""House rules that a linter cannot hold: one spelling of a name, imports downward, small things."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandera.pandas as pa
import pytest
import yaml

from rtlmp.catalog import SeriesName
from rtlmp.features.matrix import FEATURES
from rtlmp.schemas import core as tables
from tests.build import ROOT

PACKAGE = ROOT / "rtlmp"
# a module imports only from those above it
LAYERS = [
    *(
        "catalog",
        "columns",
        "disk",
        "jobs",
        "tables",
        "config",
        "clock",
        "origins",
        "provenance",
        "arrow",
        "parquet",
        "archive",
    ),
    *("sources", "asof", "labels", "hourly", "auxiliary_nodes", "history"),
    *(
        "features",
        "models",
        "parameters",
        "training",
        "forecasting",
        "baselines",
        "backtest",
        "losses",
        "cases",
    ),
    *(
        "metrics",
        "freshness",
        "spread",
        "findings",
        "verification",
        "gate",
        "explaining",
        "model_card",
        "twcrps",
        "judging",
    ),
    *("scenarios", "settlement", "value"),
    *("changes", "standing", "figures", "plots", "report", "summary"),
    *("fold_tables", "folds", "validation", "paired", "calibration", "tuning", "ablation"),
]
SCHEMAS = [
    s
    for _, s in inspect.getmembers(tables, inspect.isclass)
    if issubclass(s, pa.DataFrameModel) and s is not pa.DataFrameModel
]
NAMES = {c for s in SCHEMAS for c in s.to_schema().columns} | {q.value for q in SeriesName}
NAMES |= {f.name for f in FEATURES}
# everyday words, of the config, of models or of pages, that are columns of some table too
CONFIG_WORDS = {"model", "value", "load", "threshold", "share", "day"}
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMED_BY = {"catalog.py", "tables.py", "columns.py"}
N = TypeVar("N", bound=ast.AST)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def nodes(path: Path, kind: type[N]) -> Iterator[N]:
    return (n for n in ast.walk(tree(path)) if isinstance(n, kind))


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_only_from_layers_above(path):
    if layer(path) == "__init__":
        return
    froms = [n.module.split(".") for n in nodes(path, ast.ImportFrom) if n.module]
    used = {m[1] for m in froms if m[0] == "rtlmp"}
    assert {LAYERS.index(u) for u in used} <= set(range(LAYERS.index(layer(path)) + 1))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_column_series_or_feature_is_typed_as_text(path):
    if path.name in NAMED_BY:
        return
    settings = {
        id(n.slice) for n in nodes(path, ast.Subscript) if ast.unparse(n.value).endswith("config")
    }
    typed = [n for n in nodes(path, ast.Constant) if n.value in NAMES - CONFIG_WORDS]
    assert not [(n.lineno, n.value) for n in typed if id(n) not in settings]


def test_columns_are_spelt_as_in_the_tables():
    from rtlmp.asof.vintages import SCHEMA
    from rtlmp.schemas import columns

    light = {name for key, name in vars(columns).items() if key.isupper() and key != "OBSERVED"}
    assert (
        set(columns.OBSERVED) == set(SCHEMA.names) == set(tables.Observations.to_schema().columns)
    )
    assert light <= {*columns.OBSERVED, *tables.Forecast.to_schema().columns}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_files_and_functions_stay_small(path):
    assert len(path.read_text().splitlines()) < 200
    for fn in nodes(path, ast.FunctionDef):
        start = fn.body[1] if ast.get_docstring(fn) and len(fn.body) > 1 else fn.body[0]
        assert (fn.end_lineno or 0) - start.lineno < 30, fn.name


RULES = {
    name: body
    for path in sorted((ROOT / "workflow/rules").glob("*.smk"))
    for name, body in re.findall(
        r"^use rule \w+ as (\w+) with:\n((?:    .*\n|\n)+)", path.read_text(), re.M
    )
}


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_job_writes_a_log(name):
    assert 'log:\n        f"{LOGS}/' in RULES[name]


def test_the_profile_for_clusters_groups_rules_that_are_there():
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    assert set(profile["groups"]) <= set(RULES)
    assert set(profile["group-components"]) <= set(profile["groups"].values())
