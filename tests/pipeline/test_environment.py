"""A checkout's scripts run the checkout's package, or nothing runs."""

import os
import shutil
import subprocess
import sys

import pytest

from rtlmp.pipeline.environment import ENVIRONMENT, require_own_package
from tests.helpers.build import ROOT


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of this one, where scripts would import the package of this one."""
    shutil.copytree(ROOT / "rtlmp", tmp_path / "rtlmp")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def test_the_package_of_another_checkout_is_refused_once_it_differs(checkout):
    require_own_package(checkout)
    module = checkout / "rtlmp/clock.py"
    module.write_text(module.read_text() + "# an edit\n")
    with pytest.raises(ImportError, match=f"would run {ROOT}.*pip install --no-deps -e {checkout}"):
        require_own_package(checkout)


def test_a_path_to_the_own_package_is_enough(checkout, monkeypatch):
    (checkout / "rtlmp/clock.py").unlink()
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    require_own_package(checkout)


def test_rules_without_a_package_beside_them_take_what_is_installed(tmp_path):
    require_own_package(tmp_path)


REUSED = """import resource
import numpy as np
for _ in range(100):
    np.full(1 << 17, 1.0)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)"""


def test_freed_arrays_are_used_again_not_asked_of_the_kernel():
    """A hundred of a MiB are 25,600 pages."""
    run = [sys.executable, "-c", REUSED]
    environment = {**os.environ, **ENVIRONMENT}
    asked = subprocess.run(run, env=environment, capture_output=True, check=True).stdout
    assert int(asked) < 15_000
