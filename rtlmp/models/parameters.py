"""A file of tuned parameters, and what becomes of a config that follows it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

from typing_extensions import TypedDict

from rtlmp.config.errors import checked
from rtlmp.config.jobs import TrainSettings
from rtlmp.config.model import Model
from rtlmp.io.files import load_json
from rtlmp.models.calibration import Calibration

C = TypeVar("C", bound=TrainSettings)
Values = dict[str, float]  # settings of `model`


class Tuned(TypedDict):
    """What a config takes from such a file."""

    parameters: Values
    calibration: Calibration


def adopted(config: C, path: str | Path | None) -> C:
    """`config` with the parameters of the file at `path`, if there is one."""
    return replaced(config, load_json(path, Tuned)["parameters"]) if path else config


def curves(path: str | Path | None) -> Calibration:
    """The calibration of the file at `path`, if there is one."""
    return load_json(path, Tuned)["calibration"] if path else {}


def replaced(config: C, parameters: Mapping[str, float]) -> C:
    """`config` with these settings of `model`, checked as those of a config."""
    model = checked(Model, {**config["model"], **parameters}, "model")
    return cast("C", {**config, "model": model})
