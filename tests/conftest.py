"""Fixtures that tests of several rooms use."""

import pytest

from tests.helpers import live


@pytest.fixture
def secrets(monkeypatch):
    """Of a live source, as a person sets them."""
    for name, text in live.SECRETS.items():
        monkeypatch.setenv(name, text)
