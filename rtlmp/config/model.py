"""Settings of models: hyperparameters, members, the champion gate."""

from typing import Annotated, Literal

from pydantic import Field, with_config
from typing_extensions import TypedDict

from rtlmp.config.estimators import EstimatorName
from rtlmp.config.kinds import FORBID, Bins, Count, History, Penalty, Positive, Share

Grid = Annotated[list[Positive], Field(min_length=2)]  # USD/MWh


@with_config(FORBID)
class Model(TypedDict):
    estimator: EstimatorName
    grid: Grid
    half_life_days: Positive
    rounds: Count
    row_blocks: Count
    learning_rate: Share
    max_depth: Count
    min_child_weight: Penalty
    subsample: Share
    colsample_bytree: Share
    reg_lambda: Penalty
    max_bin: Bins
    threads: Count
    device: Literal["cpu", "cuda"]


@with_config(FORBID)
class Member(TypedDict, total=False):
    """Settings in which one member of a model differs from `model`."""

    estimator: EstimatorName
    grid: Grid
    half_life_days: Positive
    rounds: Count
    row_blocks: Count
    learning_rate: Share
    max_depth: Count
    min_child_weight: Penalty
    subsample: Share
    colsample_bytree: Share
    reg_lambda: Penalty
    max_bin: Bins
    history_days: History
    seed: int


@with_config(FORBID)
class Challenger(TypedDict):
    """A model that only backtests see: alone, without a gate."""

    retrain_every_days: Count
    member: Member


@with_config(FORBID)
class Gate(TypedDict):
    """The champion gate; 0 days: every newly trained model serves."""

    days: Annotated[int, Field(ge=0)]
    every: Count
    tree_share: Share
    z_threshold: Positive
    min_relative_loss: Annotated[float, Field(ge=0)]


def held_out_span(gate: Gate) -> int:
    """Latest days of which some are held out."""
    return gate["days"] * gate["every"]
