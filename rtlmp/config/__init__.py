"""config.yaml, parsed once: an unknown key or impossible value stops before the first rule."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NotRequired, cast, get_args

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from rtlmp.catalog import MARKETS, STORED, SeriesName
from rtlmp.config import kinds
from rtlmp.config.errors import checked, did_you_mean
from rtlmp.config.kinds import Battery, Name, Node, Positive, Removable, Scenario, Share, Window
from rtlmp.config.model import SETTINGS, Challenger, Gate, Member, Model, Range, replaced
from rtlmp.io.files import folder_name

__all__ = ["Battery", "Gate", "Member", "Model", "Scenario", "Window"]  # of its modules


class AuxiliaryNode(Window):
    """Prices that train models although they are not forecast; issue dates."""

    price: Literal[SeriesName.RT_LMP, SeriesName.RT_SPP]
    at: Node


class Risk(TypedDict):
    """A portfolio: name: (node, MW, MWh); none: `battery` at each node. What may befall it."""

    batteries: Annotated[dict[Name, tuple[Node, Positive, Positive]], Removable]
    stress: Annotated[dict[Name, tuple[Positive, Share]], Removable]  # level, spread
    replay: Annotated[dict[Name, Window], Removable]  # local days


class Validation(Window):
    """Rolling origins: a model each, scored on the issue dates up to the next."""

    every_days: kinds.Count
    embargo_days: Annotated[int, Field(ge=4)]  # until every label of a horizon is known


class Tune(Window):
    """Issue dates scored, and ranges searched; no space: all of `Model` with `tuned`."""

    trials: kinds.Count
    space: Annotated[dict[str, Range], Removable]  # both ends included


class Config(TypedDict):
    """Every setting; config.yaml says what each means."""

    run: Name
    market: str
    source: Literal["synthetic", "files", "live"]
    data_dir: str | None
    target: Literal[SeriesName.RT_LMP, SeriesName.RT_SPP]
    nodes: Annotated[list[Node], Field(min_length=1)]
    figures: list[Node]
    pools: Annotated[dict[Name, list[Node]], Removable]
    auxiliary_nodes: Annotated[dict[Name, AuxiliaryNode], Removable]
    thresholds: Annotated[list[Positive], Field(min_length=1)]  # USD/MWh
    date: NotRequired[date | None]
    issue_time: kinds.Clock  # local
    horizon: kinds.Horizon
    history_days: kinds.History
    max_train_rows: kinds.Count
    retrain_every_days: kinds.Count
    ensemble_size: kinds.Count
    refit: kinds.Refit
    drift: kinds.DriftLimits
    label_coverage: Share  # of an hour's intervals
    score_coverage: Share
    backtest: Window
    scenarios: Annotated[dict[Name, Scenario], Removable]
    compare_to: NotRequired[Name | None]
    alerts: list[kinds.Alert]
    notify: list[kinds.Text]  # addresses as of Apprise
    publish: dict[Literal["uri"], str | None]
    cost_loss: Annotated[list[Share], Field(min_length=1)]  # cost / loss avoided
    battery: Battery
    risk: Risk
    contracts: Annotated[dict[Name, kinds.Contract], Removable]
    costs: Annotated[dict[Name, Name | tuple[Name, float]], Removable, AfterValidator(kinds.tree)]
    synthetic: Window
    start: NotRequired[date | None]
    live: kinds.Live
    model: Model
    members: Annotated[list[Member], Field(min_length=1)]
    gate: Gate
    challengers: Annotated[dict[Name, Challenger], Removable]
    data_denial: Annotated[dict[Name, list[kinds.Text]], Removable]
    validation: Validation
    tune: Tune
    parameters: str | None
    seed: int


def parse_config(raw: Mapping[str, object]) -> Config:
    """The checked config; what `model` leaves out, and what empty means, filled in.

    Raises ValueError with the key, the value and what is allowed.
    """
    config = checked(Config, {**raw, "run": raw.get("run") or raw.get("source")})
    config["model"] = cast("Model", {k: s.default for k, s in SETTINGS.items()} | config["model"])
    space = config["tune"]["space"] or {k: s.tuned for k, s in SETTINGS.items() if s.tuned}
    # trials follow from the order, which is that of the declarations
    config["tune"]["space"] = {key: space[key] for key in SETTINGS if key in space} | space
    config["figures"] = config["figures"] or config["nodes"]
    config["pools"] = config["pools"] or {"all": config["nodes"]}
    for check in (_check_nodes, _check_source, _check_models):
        check(config)
    if config["live"]["weather"]["points"] == {}:
        config["live"]["weather"]["points"] = {**MARKETS[config["market"]].points} or None
    return config


def _check_nodes(config: Config) -> None:
    nodes = config["nodes"]
    for listed in (nodes, config["figures"], config["thresholds"]):
        _refuse(len(set(listed)) < len(listed), f"listed twice: {listed}")
    folded = {folder_name(node).casefold() for node in nodes}
    mixed = len(folded) < len(nodes) and Path(__file__.swapcase()).exists()
    _refuse(mixed, f"this file system does not tell a from A, so one run cannot hold {nodes}")
    both = sorted({*nodes} & {*config["auxiliary_nodes"]})
    _refuse(both, f"auxiliary_nodes {both} are nodes too: name them otherwise")
    units = [node for node, *_ in config["risk"]["batteries"].values()]
    told = [alert["node"] for alert in config["alerts"]]
    sold = [of[end] for of in config["contracts"].values() for end in ("node", "hub")]
    named = {"figures": config["figures"], "risk.batteries": units, "alerts": told}
    for key, of in {**named, "contracts": sold}.items():
        near = did_you_mean(unknown := sorted({*of} - {*nodes}), nodes)
        _refuse(unknown, f"{key} has {unknown}: nodes are {nodes}{near}")
    absent = {alert["above"] for alert in config["alerts"]} - {*config["thresholds"]}
    _refuse(absent, f"alerts are above {sorted(absent)}: thresholds are {config['thresholds']}")
    pooled = sorted(node for pool in config["pools"].values() for node in pool)
    wrong = did_you_mean({*pooled} - {*nodes}, nodes)
    _refuse(pooled != sorted(nodes), f"pools hold {pooled}, want every node once: {nodes}{wrong}")


def _check_source(config: Config) -> None:
    market, source = config["market"], config["source"]
    _refuse(market not in MARKETS, f"market {market}: known {[*MARKETS]}")
    _refuse(source == "files" and not config["data_dir"], "source files: data_dir is empty")
    _refuse(source == "live" and not config.get("start"), "source live: start is empty")
    absent = sorted({*get_args(kinds.HostName)} - {*config["live"]["hosts"]})
    _refuse(absent, f"live.hosts lacks {absent}")
    named = {q for of in (config["live"]["fetch"], *config["data_denial"].values()) for q in of}
    near = did_you_mean(unknown := sorted(named - {*STORED}), STORED)
    _refuse(unknown, f"live.fetch or data_denial has {unknown}{near}: known {[*STORED]}")
    own = {key: config[key] for key in ("backtest", "synthetic", "validation", "tune")}
    for key, of in [*own.items(), *config["risk"]["replay"].items()]:
        _refuse(of["start"] > of["end"], f"{key} ends before it starts")


def _check_models(config: Config) -> None:
    """The grid, and both ends of every range of `tune.space`: values that models take."""
    grid = config["model"]["grid"]
    _refuse(grid != sorted(set(grid)), f"model.grid must rise: {grid}")
    outside = [x for x in config["thresholds"] if not grid[0] <= x <= grid[-1]]
    _refuse(outside, f"thresholds {outside} outside model.grid {grid[0]:g}..{grid[-1]:g}")
    space = config["tune"]["space"]
    for key, (low, high, *_) in space.items():
        _refuse(low > high, f"tune.space.{key} must rise: {low:g} to {high:g}")
    for end in (0, 1):
        replaced(config, {key: of[end] for key, of in space.items()}, "tune", "space")


def threshold_name(x: float) -> str:
    """`x` as it stands in a path: 100, 52.5."""
    return f"{x:g}"


def _refuse(bad: object, why: str) -> None:
    if bad:
        raise ValueError(f"config: {why}")
