"""The notebook in docs/ runs from an empty folder, to the decision that it shows."""

import os
import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers import repo
from tests.helpers.build import ROOT
from tests.test_cli import RTLMP

NOTEBOOK = ROOT / "docs/notebook.ipynb"
FORKED = """import os, sys
from pathlib import Path
from tests.helpers import warm
sys.exit(warm.finished([f"{__file__}.py", *sys.argv[1:]], Path.cwd(), os.environ, 1))
"""


def last_table(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[-1].outputs[-1].data["text/plain"]


@pytest.mark.integration
def test_the_notebook_comes_to_the_decision_that_it_shows(tmp_path: Path, monkeypatch):
    client = pytest.importorskip("nbclient", reason="no nbclient: make installs it")
    pytest.importorskip("ipykernel", reason="no ipykernel: make installs it")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/rtlmp"
    command.write_text(f"#!{sys.executable}\n{FORKED}")
    command.with_suffix(".py").write_text(RTLMP[-1])
    command.chmod(0o755)
    added = {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for name, value in (added | repo.warmed()).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(NOTEBOOK, 4)
    shown = last_table(notebook)
    where = {"metadata": {"path": str(tmp_path)}}
    client.NotebookClient(notebook, timeout=900, resources=where).execute()
    assert last_table(notebook) == shown
    if out := os.environ.get("RTLMP_NOTEBOOK"):  # python -m pytest here, to keep what it shows
        nbformat.write(notebook, out)
