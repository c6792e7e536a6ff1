"""The settings that each job uses: a change of any other does not rerun it.

Every Config is one of these too, so a function that takes the narrow one runs anywhere, and mypy
finds a key in it that the job was not handed.
"""

from typing_extensions import TypedDict

from rtlmp.catalog import SeriesName
from rtlmp.config import AuxiliaryNode, Battery, Gate, Member, Model, Tune, Validation, Window


class MarketSettings(TypedDict):
    market: str


class ClockSettings(MarketSettings):
    issue_time: str


class NodeSettings(ClockSettings):
    nodes: list[str]


class PoolSettings(NodeSettings):
    pools: dict[str, list[str]]


class LabelSettings(ClockSettings):
    label_coverage: float


class WorldSettings(NodeSettings):
    synthetic: Window
    thresholds: list[float]
    target: SeriesName
    seed: int


class AuxiliarySettings(TypedDict):
    auxiliary_nodes: dict[str, AuxiliaryNode]


class TrainSettings(LabelSettings):
    history_days: int
    model: Model
    members: list[Member]
    auxiliary_nodes: dict[str, AuxiliaryNode]
    gate: Gate
    seed: int


class ReplaySettings(LabelSettings):
    thresholds: list[float]
    gate: Gate


class ForecastSettings(ReplaySettings, PoolSettings):
    pass


class ExplainSettings(PoolSettings):
    thresholds: list[float]


class BacktestSettings(LabelSettings):
    pools: dict[str, list[str]]
    thresholds: list[float]


class FoldSettings(TrainSettings, PoolSettings):
    thresholds: list[float]
    validation: Validation


class AblationSettings(FoldSettings):
    run: str


class TuneSettings(FoldSettings):
    tune: Tune


class SeedSettings(TypedDict):
    seed: int


class ScenarioSettings(MarketSettings, SeedSettings):
    pass


class CompareSettings(SeedSettings):
    run: str
    compare_to: str


class SummarySettings(SeedSettings):
    run: str
    nodes: list[str]


class DispatchSettings(ClockSettings):
    battery: Battery


class RevenueSettings(SeedSettings):
    battery: Battery


class RevenuePageSettings(TypedDict):
    run: str
    battery: Battery


class FigureSettings(MarketSettings):
    run: str
    figures: list[str]


class ExplainFigureSettings(MarketSettings):
    nodes: list[str]
    figures: list[str]
    thresholds: list[float]


class BacktestPageSettings(MarketSettings):
    run: str
    nodes: list[str]


class DailyPageSettings(LabelSettings):
    run: str
    source: str
    retrain_every_days: int


class DataPageSettings(ClockSettings):
    run: str
    source: str
