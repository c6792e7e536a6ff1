"""The code hash of a rule moves with every file it imports, and with no other."""

import ast
from pathlib import Path

from rtlmp.pipeline.environment import PACKAGE
from rtlmp.pipeline.rules import imported
from tests.helpers.build import ROOT

SCRIPTS = sorted((ROOT / "workflow/scripts").glob("*.py"))
# a script, files that it needs, others that it does not
NEEDS = [
    ("hourly.py", {"asof/hourly.py"}, {"config/__init__.py", "config/jobs.py"}),
    ("features.py", {"features/prices.py"}, {"models/curve.py"}),
    ("train.py", {"models/training.py"}, {"features/prices.py", "forecast/gate.py"}),
    ("forecast.py", {"forecast/gate.py"}, {"report/figures/forecast.py", "evaluation/scores.py"}),
    ("backtest_forecasts.py", {"evaluation/baselines.py"}, {"evaluation/scores.py"}),
    ("metrics_part.py", {"evaluation/scores.py", "__init__.py"}, {"evaluation/baselines.py"}),
]


def needs(script: str) -> set[str]:
    files = imported(ROOT / "workflow/scripts" / script)
    return {p.relative_to(PACKAGE).as_posix() for p in files}


def test_what_each_step_depends_on():
    """Of files that are there: a name that moved would prove nothing."""
    for script, needed, others in NEEDS:
        assert all((PACKAGE / name).is_file() for name in needed | others)
        assert needed <= needs(script)
        assert not others & needs(script)


def test_every_module_that_a_script_loads_is_counted():
    """Against the import statements of everything found: nothing is left to follow."""
    missed = []
    for script in SCRIPTS:
        files = imported(script)
        for path in [script, *files]:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rtlmp"):
                    module = PACKAGE.joinpath(*node.module.split(".")[1:])
                    if not {module.with_suffix(".py"), module / "__init__.py"} & files:
                        missed.append((script.name, path.name, node.module))
    assert not missed


def test_scripts_stay_thin():
    """At most fifteen lines that are no import."""
    assert not [script.name for script in SCRIPTS if length(script) > 15]


def length(script: Path) -> int:
    body = ast.parse(script.read_text()).body
    rest = [n for n in body if not isinstance(n, ast.Import | ast.ImportFrom)]
    return len({k for n in rest for k in range(n.lineno, (n.end_lineno or n.lineno) + 1)})
