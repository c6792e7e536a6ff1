"""The code hash of a rule moves with every file it imports, and with no other."""

import ast

import pytest

from rtlmp.pipeline.provenance import PACKAGE, imported
from tests.build import ROOT

SCRIPTS = sorted((ROOT / "workflow/scripts").glob("*.py"))


def needs(script: str) -> set[str]:
    files = imported(ROOT / "workflow/scripts" / script)
    return {p.relative_to(PACKAGE).as_posix() for p in files}


def test_what_each_step_depends_on():
    assert "features/prices.py" in needs("features.py")
    assert "features/prices.py" not in needs("train.py")  # it reads the rows of `history`
    assert "models/training.py" not in needs("features.py")
    assert "report/figures/forecast.py" not in needs("forecast.py")
    assert "evaluation/scores.py" not in needs("backtest_forecasts.py")
    assert needs("metrics.py") >= {"evaluation/scores.py", "evaluation/pairs.py", "__init__.py"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_every_module_that_a_script_loads_is_counted(script):
    """Against the import statements of everything found: nothing is left to follow."""
    files = imported(script)
    for path in [script, *files]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rtlmp"):
                module = PACKAGE.joinpath(*node.module.split(".")[1:])
                assert {module.with_suffix(".py"), module / "__init__.py"} & files


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_scripts_stay_thin(script):
    body = ast.parse(script.read_text()).body
    lines = {
        line
        for n in body
        if not isinstance(n, ast.Import | ast.ImportFrom)
        for line in range(n.lineno, (n.end_lineno or n.lineno) + 1)
    }
    assert len(lines) <= 15
