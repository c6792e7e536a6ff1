"""Fixtures that tests of several rooms use."""

import pytest

from tests.helpers import lines

write_lines = lines.count()  # before anything imports the package

from tests.helpers import live  # noqa: E402


def pytest_collection_modifyitems(items):
    """The longest first, lest one process works alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is None)


def pytest_sessionfinish():
    """In each of xdist's processes."""
    write_lines()


@pytest.fixture
def secrets(monkeypatch):
    """Of a live source, as a person sets them."""
    for name, text in live.SECRETS.items():
        monkeypatch.setenv(name, text)
