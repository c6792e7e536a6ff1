"""The notebook in docs/ runs from an empty folder, to the decision that it shows."""

import os
import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers.build import ROOT
from tests.test_cli import RTLMP

NOTEBOOK = ROOT / "docs/notebook.ipynb"


def last_table(notebook: nbformat.NotebookNode) -> str:
    return notebook.cells[-1].outputs[-1].data["text/plain"]


@pytest.mark.integration
def test_the_notebook_comes_to_the_decision_that_it_shows(tmp_path: Path, monkeypatch):
    client = pytest.importorskip("nbclient", reason="no nbclient: make installs it")
    pytest.importorskip("ipykernel", reason="no ipykernel: make installs it")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/rtlmp"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{RTLMP[-1]}' \"$@\"\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(NOTEBOOK, 4)
    shown = last_table(notebook)
    where = {"metadata": {"path": str(tmp_path)}}
    client.NotebookClient(notebook, timeout=900, resources=where).execute()
    assert last_table(notebook) == shown
    if out := os.environ.get("RTLMP_NOTEBOOK"):  # python -m pytest here, to keep what it shows
        nbformat.write(notebook, out)
