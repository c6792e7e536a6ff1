"""Settings of models: hyperparameters, members, the champion gate."""

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from math import inf
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias, TypeVar, cast

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function
from typing_extensions import TypedDict, get_type_hints

from rtlmp.config.errors import checked
from rtlmp.config.kinds import Count, History, Positive, Share

Grid = Annotated[list[Positive], Field(min_length=2)]
GRID: Final = (25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)
LOG: Final = "log"  # searched by ratio
Range: TypeAlias = tuple[float, float] | tuple[float, float, Literal["log"]]


class EstimatorName(StrEnum):
    """As in the config; `rtlmp.models.estimators` has their functions."""

    HAZARD = "hazard"
    SEPARATE = "separate"
    LOGISTIC = "logistic"
    NETWORK = "network"


UPDATED: Final = (EstimatorName.HAZARD,)  # an update keeps their gate trees,
KEPT: Final = (EstimatorName.LOGISTIC,)  # and these whole; members of the others it fits anew


class Setting(NamedTuple):
    """Default, meaning with its unit, range allowed, range searched: of a setting of `model`."""

    default: object
    about: str
    low: float = -inf
    high: float = inf
    tuned: Range | None = None

    def range(self) -> str:
        """The range allowed, as config.yaml writes it."""
        return f"{self.low:g} and up" if self.high == inf else f"{self.low:g}..{self.high:g}"

    def check(self, value: object) -> object:
        """`value`. Raises ValueError where it is a number outside the range."""
        if isinstance(value, float | int) and not self.low <= value <= self.high:
            raise ValueError(f"want {self.range()}")
        return value

    def __get_pydantic_core_schema__(self, kind: object, of: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self.check, of(kind))


class Hyperparameters(TypedDict, total=False):
    """What a member may have otherwise than `model`. Each is declared here and nowhere else."""

    estimator: Annotated[EstimatorName, Setting("hazard", "rtlmp/models/estimators.py")]
    weight: Annotated[float, Setting(1.0, "in the mean over members", 0.01, 100)]
    grid: Annotated[Grid, Setting([*GRID], "USD/MWh, thresholds fitted")]
    half_life_days: Annotated[float, Setting(240.0, "age of half weight", 30, inf, (60, 720, LOG))]
    half_life_power: Annotated[float, Setting(0.7, "growth above $50", 0, 2, (0, 1.2))]
    base_rate_share: Annotated[float, Setting(0.03, "share of P, base rate", 0, 0.5, (0, 0.1))]
    rounds: Annotated[int, Setting(200, "trees, or passes of a network", 1, 1000)]
    row_blocks: Annotated[int, Setting(3, "blocks of rows, a tree fitted on one", 1, 12)]
    learning_rate: Annotated[float, Setting(0.05, "weight or step", 0.0001, 0.3, (0.02, 0.1, LOG))]
    units: Annotated[list[Count], Setting([32, 16], "of each layer of a network")]
    max_depth: Annotated[int, Setting(5, "splits from root to leaf", 2, 9, (3, 7))]
    min_child_weight: Annotated[float, Setting(50.0, "hessian of a leaf", 1, 500, (5, 200, LOG))]
    subsample: Annotated[float, Setting(0.6, "share of its row block that a tree sees", 0.2, 1)]
    colsample_bytree: Annotated[float, Setting(0.4, "share of features", 0.1, 1, (0.2, 0.8))]
    reg_lambda: Annotated[float, Setting(50.0, "L2 shrinkage", 0.1, 500, (5, 200, LOG))]
    max_bin: Annotated[int, Setting(64, "histogram bins a feature", 16, 512)]


class Model(Hyperparameters, total=False):
    """All of them: `parse_config` fills in what is left out."""

    threads: Annotated[Count, Setting(1, "of one training")]
    device: Annotated[Literal["cpu", "cuda"], Setting("cpu", "cuda: train on a graphics card")]


class Member(Hyperparameters, total=False):
    """Settings in which one member of a model differs from `model`."""

    history_days: History
    seed: int


SETTINGS: Final[dict[str, Setting]] = {
    key: kind.__metadata__[-1] for key, kind in get_type_hints(Model, include_extras=True).items()
}


class ModelSettings(TypedDict):
    """What a model is made by."""

    history_days: int
    model: Model
    members: list[Member]


M = TypeVar("M", bound=ModelSettings)
Parameters = dict[str, float]  # of `model`, by name, or of a member, as members.1.half_life_days


def history_days(config: ModelSettings) -> list[int]:
    """Issue dates that each member looks back."""
    return [member.get("history_days", config["history_days"]) for member in config["members"]]


def parameters_of(config: ModelSettings) -> dict[str, object]:
    """What `replaced` could replace, as it is."""
    shared = {**config["model"], "history_days": config["history_days"]}
    members = enumerate({**shared, **member} for member in config["members"])
    return {**config["model"], **{f"members.{k}.{key}": of[key] for k, of in members for key in of}}


def replaced(config: M, parameters: Mapping[str, object], *at: str) -> M:
    """`config` with these, checked as its own. Raises ValueError with the key, found at `at`."""
    own: dict[str, dict[str, object]] = defaultdict(dict)
    for key, value in parameters.items():
        place, _, name = key.rpartition(".")
        own[place][name] = value
    model = {**config["model"], **checked(Hyperparameters, own[""], *at)}
    there = {f"members.{k}": member for k, member in enumerate(config["members"])}
    members = [{**there[q], **checked(Member, own[q], *at, q)} for q in there]
    new = cast("M", {**config, "model": model, "members": members})
    most = max(history_days(config))  # no more is read
    if parameters.keys() - parameters_of(config) or max(history_days(new)) > most:
        want = f"want settings of `model` or of {[*there]}, and history_days to {most}"
        raise ValueError(f"config: {'.'.join(at)} {parameters}: {want}")
    return new


class Challenger(TypedDict):
    """A model that only backtests see: alone, without a gate."""

    retrain_every_days: Count
    member: Member


class Gate(TypedDict):
    """The champion gate; 0 days: every newly trained model serves."""

    days: Annotated[int, Field(ge=0)]
    every: Count  # days: one of these is held out
    tree_share: Share
    z_threshold: Positive  # standard errors
    min_relative_loss: Annotated[float, Field(ge=0)]


def held_out_span(gate: Gate) -> int:
    """Latest days of which some are held out."""
    return gate["days"] * gate["every"]
