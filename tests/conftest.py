"""Fixtures that tests of several rooms use."""

import pytest

from tests.helpers import lines

write_lines = lines.count()  # before anything imports the package

from tests.helpers import live  # noqa: E402


def pytest_sessionfinish():
    """In each of xdist's processes."""
    write_lines()


@pytest.fixture
def secrets(monkeypatch):
    """Of a live source, as a person sets them."""
    for name, text in live.SECRETS.items():
        monkeypatch.setenv(name, text)
