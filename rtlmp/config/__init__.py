"""config.yaml, parsed once: an unknown key or impossible value stops before the first rule."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, NotRequired, cast

from pydantic import Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from rtlmp.catalog import MARKETS, STORED, SeriesName
from rtlmp.config.kinds import FORBID, Clock, Count, History, Hour, Name, Positive, Share, Text
from rtlmp.config.live import Live as Live
from rtlmp.config.model import Challenger
from rtlmp.config.model import Gate as Gate
from rtlmp.config.model import Member as Member
from rtlmp.config.model import Model as Model
from rtlmp.config.model import held_out_span as held_out_span
from rtlmp.config.selection import Tune as Tune
from rtlmp.config.selection import Validation as Validation
from rtlmp.config.selection import Window as Window


@with_config(FORBID)
class Battery(TypedDict):
    power_mw: Positive
    energy_mwh: Positive
    efficiency: Share
    cycles_per_day: Positive
    wear_usd_mwh: Annotated[float, Field(ge=0)]
    clock_charge: list[Hour]
    clock_discharge: list[Hour]


@with_config(FORBID)
class Scenario(Window):
    """Part of a backtest; what is left out or empty means all."""

    nodes: NotRequired[list[Name]]
    thresholds: NotRequired[list[Positive]]
    hours: NotRequired[list[Hour]]


@with_config(FORBID)
class AuxiliaryNode(Window):
    """Prices that train models although they are not forecast; issue dates."""

    price: Literal[SeriesName.RT_LMP, SeriesName.RT_SPP]
    at: Name


@with_config(FORBID)
class Config(TypedDict):
    run: Name
    market: str
    source: Literal["synthetic", "files", "live"]
    data_dir: str | None
    target: Literal[SeriesName.RT_LMP, SeriesName.RT_SPP]
    nodes: Annotated[list[Name], Field(min_length=1)]
    figures: list[Name]
    pools: dict[Name, list[Name]]
    auxiliary_nodes: dict[Name, AuxiliaryNode]
    thresholds: Annotated[list[Positive], Field(min_length=1)]
    date: NotRequired[date | None]
    issue_time: Clock
    history_days: History
    max_train_rows: Count
    retrain_every_days: Count
    ensemble_size: Count
    label_coverage: Share
    backtest: Window
    scenarios: dict[Name, Scenario]
    compare_to: NotRequired[Name | None]
    cost_loss: Annotated[list[Share], Field(min_length=1)]
    battery: Battery
    synthetic: Window
    start: NotRequired[date | None]
    live: Live
    model: Model
    members: Annotated[list[Member], Field(min_length=1)]
    gate: Gate
    challengers: dict[Name, Challenger]
    data_denial: dict[Name, list[Text]]
    validation: Validation
    tune: Tune
    parameters: str | None
    seed: int


def parse_config(raw: Mapping[str, object]) -> Config:
    """The checked config. Raises ValueError with the key, the value and what is allowed."""
    try:
        config = TypeAdapter(Config).validate_python(raw)
    except ValidationError as error:
        wrong = [(".".join(map(str, e["loc"])), e["msg"], e["input"]) for e in error.errors()]
        lines = "; ".join(f"{key}: {why} (got {value!r})" for key, why, value in wrong)
        raise ValueError(f"config: {lines}") from None
    return _consistent(config)


def _consistent(config: Config) -> Config:
    """What no single key can tell. Fills in the one pool of all nodes, and a figure of each."""
    for listed in (config["nodes"], config["figures"], config["thresholds"]):
        _refuse(len(set(listed)) < len(listed), f"listed twice: {listed}")
    _refuse(config["market"] not in MARKETS, f"market {config['market']}: known {list(MARKETS)}")
    _refuse(
        config["source"] == "files" and not config["data_dir"], "source files: data_dir is empty"
    )
    _refuse(config["source"] == "live" and not config.get("start"), "source live: start is empty")
    named = {q for of in (config["live"]["fetch"], *config["data_denial"].values()) for q in of}
    unknown = sorted(named - {*STORED})
    _refuse(bool(unknown), f"live.fetch or data_denial has {unknown}: known {[*STORED]}")
    for key in ("backtest", "synthetic", "validation", "tune"):
        _refuse(config[key]["start"] > config[key]["end"], f"{key} ends before it starts")
    grid = config["model"]["grid"]
    _refuse(grid != sorted(set(grid)), f"model.grid must rise: {grid}")
    outside = [x for x in config["thresholds"] if not grid[0] <= x <= grid[-1]]
    _refuse(bool(outside), f"thresholds {outside} outside model.grid {grid[0]:g}..{grid[-1]:g}")
    _searchable(config)
    both = sorted({*config["nodes"]} & {*config["auxiliary_nodes"]})
    _refuse(bool(both), f"auxiliary_nodes {both} are nodes too: name them otherwise")
    unknown = sorted({*config["figures"]} - {*config["nodes"]})
    _refuse(bool(unknown), f"figures has {unknown}: nodes are {config['nodes']}")
    config["figures"] = config["figures"] or config["nodes"]
    config["pools"] = config["pools"] or {"all": config["nodes"]}
    pooled = sorted(node for nodes in config["pools"].values() for node in nodes)
    _refuse(
        pooled != sorted(config["nodes"]),
        f"pools must hold every node once: pools have {pooled}, nodes are {config['nodes']}",
    )
    return config


def _searchable(config: Config) -> None:
    """Both ends of every range of `tune.space` must be values that `model` takes."""
    space = cast("Mapping[str, Sequence[float]]", config["tune"]["space"])
    for key, (low, high, *_) in space.items():
        _refuse(low > high, f"tune.space.{key} must rise: {low:g} to {high:g}")
        for end in (low, high):
            try:
                TypeAdapter(Model).validate_python({**config["model"], key: end})
            except ValidationError as error:
                _refuse(True, f"tune.space.{key} {end:g}: {error.errors()[0]['msg']}")


def threshold_name(x: float) -> str:
    """`x` as it stands in a path: 100, 52.5."""
    return f"{x:g}"


def _refuse(bad: bool, why: str) -> None:
    if bad:
        raise ValueError(f"config: {why}")
