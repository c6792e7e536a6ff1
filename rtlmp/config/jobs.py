"""The settings that each job uses: a change of any other does not rerun it.

What reruns the jobs before it anyway may be among them. Every Config is one of these too, so a
function that takes the narrow one runs anywhere, and mypy finds a key in it that the job was not
handed.
"""

from typing_extensions import TypedDict

from rtlmp.catalog import SeriesName
from rtlmp.config import AuxiliaryNode, Risk, Tune, Validation
from rtlmp.config.kinds import Battery, Contract, DriftLimits, Horizon, Refit, Window
from rtlmp.config.model import Gate, ModelSettings


class ClockSettings(TypedDict):
    market: str
    issue_time: str
    horizon: Horizon


class NodeSettings(ClockSettings):
    nodes: list[str]


class PoolSettings(NodeSettings):
    pools: dict[str, list[str]]


class WorldSettings(NodeSettings):
    synthetic: Window
    thresholds: list[float]
    target: SeriesName
    seed: int


class AuxiliarySettings(TypedDict):
    auxiliary_nodes: dict[str, AuxiliaryNode]


class TrainSettings(ClockSettings, AuxiliarySettings, ModelSettings):
    label_coverage: float
    gate: Gate
    refit: Refit
    drift: DriftLimits
    seed: int


class BacktestSettings(PoolSettings):
    score_coverage: float
    thresholds: list[float]


class ReplaySettings(BacktestSettings):
    gate: Gate


class FoldSettings(TrainSettings, BacktestSettings):
    run: str
    validation: Validation


class TuneSettings(FoldSettings):
    tune: Tune


class ReportSettings(BacktestSettings):
    run: str
    source: str
    seed: int


class DispatchSettings(ReportSettings):
    battery: Battery


class RiskSettings(DispatchSettings):
    risk: Risk


class ContractSettings(DispatchSettings):
    contracts: dict[str, Contract]


class FigureSettings(ReportSettings):
    figures: list[str]


class DataPageSettings(ReportSettings):
    label_coverage: float


class DailyPageSettings(DataPageSettings):
    retrain_every_days: int
    drift: DriftLimits
