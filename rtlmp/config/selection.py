"""Settings of what is learnt about models: cross-validation and the search for parameters."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import with_config
from typing_extensions import TypedDict

from rtlmp.config.kinds import FORBID, Count

Range: TypeAlias = tuple[float, float] | tuple[float, float, Literal["log"]]


@with_config(FORBID)
class Window(TypedDict):
    start: date
    end: date


@with_config(FORBID)
class Validation(Window):
    """Rolling origins: a model each, scored on the issue dates up to the next."""

    every_days: Count
    embargo_days: Count


@with_config(FORBID)
class Space(TypedDict, total=False):
    """Ranges of parameters of `model`, both ends included; log: searched by ratio."""

    half_life_days: Range
    rounds: Range
    learning_rate: Range
    max_depth: Range
    min_child_weight: Range
    subsample: Range
    colsample_bytree: Range
    reg_lambda: Range
    max_bin: Range


@with_config(FORBID)
class Tune(Window):
    trials: Count
    space: Space
