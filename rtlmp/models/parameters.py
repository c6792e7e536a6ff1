"""A file of tuned parameters, and what becomes of a config that follows it."""

from pathlib import Path

from typing_extensions import TypedDict

from rtlmp.config.model import M, Parameters, replaced
from rtlmp.io.files import load_json
from rtlmp.models.calibration import Calibration


class Tuned(TypedDict):
    """What a config takes from such a file."""

    parameters: Parameters
    calibration: Calibration


def adopted(config: M, path: str | Path | None) -> M:
    """`config` with the parameters of the file at `path`, if there is one."""
    return replaced(config, load_json(path, Tuned)["parameters"], str(path)) if path else config


def curves(path: str | Path | None) -> Calibration:
    """The calibration of the file at `path`, if there is one."""
    return load_json(path, Tuned)["calibration"] if path else {}
