"""A file of tuned parameters: what it says, and what becomes of a config that follows it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, cast

from rtlmp.config import Config
from rtlmp.config.errors import checked
from rtlmp.config.model import Model
from rtlmp.models.calibration import Calibration

Values = dict[str, float]  # settings of `model`


class Found(TypedDict):
    """What a search came to; a score is log loss / climatology's, lower is better."""

    parameters: Values
    calibration: Calibration
    accepted: bool  # the best found; else the parameters are those of the config
    why: str
    best: Values
    score: float  # of the best, on the folds that it was chosen on
    default_score: float
    gain: list[float]  # mean, 5 % and 95 %, over folds each scored by the best of the others
    start: str  # issue dates scored
    end: str
    labelled: str  # date from which on nothing has been looked at
    origins: list[str]
    trials: int
    seed: int  # of the search; a model's is this plus the ordinal of its date


def read_parameters(path: str | Path) -> Found:
    """The file at `path`."""
    found: Found = json.loads(Path(path).read_text())
    return found


def adopted(config: Config, path: str | Path | None) -> Config:
    """`config` with the parameters of the file at `path`, if there is one."""
    return replaced(config, read_parameters(path)["parameters"]) if path else config


def curves(path: str | Path | None) -> Calibration:
    """The calibration of the file at `path`, if there is one."""
    return read_parameters(path)["calibration"] if path else {}


def replaced(config: Config, parameters: Mapping[str, float]) -> Config:
    """`config` with these settings of `model`, checked as those of a config."""
    model = checked(Model, {**config["model"], **parameters}, "model")
    return cast("Config", {**config, "model": model})
