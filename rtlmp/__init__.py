"""Probability that a real-time LMP spikes in each of the next days' hours, from what was public."""

from importlib import import_module


def __getattr__(name: str) -> object:
    """Of `rtlmp.api`, as __init__.pyi says: imported when asked for, so no job depends on it."""
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(import_module("rtlmp.api"), name)
