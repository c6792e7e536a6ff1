"""Tables of what reports and finished forecasts show: columns, keys and their only names."""

import pandera.pandas as pa
from pandera.api.pandas.model_config import BaseConfig
from pandera.typing import Series

from rtlmp.schemas.core import Bounded, Metrics, Utc, Valid
from rtlmp.schemas.names import Metric


class Covered(pa.DataFrameModel):
    """A row a series and UTC day: share of its intervals that have a value."""

    series: Series[str]
    day: Series[Utc] = pa.Field(description="midnight, UTC")
    share: Series[float] = pa.Field(ge=0, le=1, description="of the intervals of all locations")


class Lost(pa.DataFrameModel):
    """Live runs: a row a posting that is left out, or some of whose rows are."""

    report: Series[str] = pa.Field(description="ERCOT's, as in `live.gaps`")
    posting: Series[str] = pa.Field(description="ERCOT's id of it")
    published: Series[Utc] = pa.Field(description="when it was posted, UTC")
    why: Series[str] = pa.Field(description="what could not be had or read: row, column, value")
    accepted: Series[bool] = pa.Field(description="by `live.gaps`")

    class Config(BaseConfig):
        coerce = True


class Place(pa.DataFrameModel):
    location: Series[str]


class ScoreKey(Place):
    """One forecaster, one threshold; lead day 0 and location ALL pool all of them."""

    model: Series[str]
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")


class MetricsBy(Metrics):
    """Scores within one hour or month; `by` says which of them `part` counts."""

    by: Series[str] = pa.Field(isin=["hour", "month"])
    part: Series[int] = pa.Field(description="local hour 0..23, or local month as 202408")


class Decisions(ScoreKey):
    """What acting from a probability of `cost_loss` on gives: the cut-off that costs least."""

    lead_day: Series[int] = pa.Field(ge=0, le=3)
    cost_loss: Series[float] = pa.Field(description="cost of acting / loss avoided")
    metric: Series[str] = pa.Field(isin=[*Metric])
    value: Series[float] = pa.Field(nullable=True, title="as `metric`", description="NaN: 0 / 0")


class Significance(ScoreKey):
    """Diebold-Mariano of daily mean losses; a difference below zero favours `model`."""

    versus: Series[str]
    lead_day: Series[int] = pa.Field(ge=0, le=3)
    loss: Series[str] = pa.Field(isin=[Metric.BRIER, Metric.LOG_LOSS])
    difference: Series[float] = pa.Field(title="as `loss`", description="mean, less that of versus")
    statistic: Series[float] = pa.Field(nullable=True, description="NaN: losses never differ")
    p_value: Series[float] = pa.Field(nullable=True)
    days: Series[int]


class Reliability(ScoreKey):
    """CORP curve: what each probability should have been, and where a reliable one would lie."""

    probability: Series[float]
    frequency: Series[float] = pa.Field(description="recalibrated probability")
    rows: Series[int]
    low: Series[float] = pa.Field(description="5 % of the consistency band")
    high: Series[float] = pa.Field(description="95 % of the consistency band")


class DispatchDays(Place):
    """A battery's day: revenue after wear, and energy at the grid."""

    rule: Series[str] = pa.Field(description="name of the strategy")
    day: Series[str] = pa.Field(description="local operating day, ISO")
    revenue: Series[float] = pa.Field(title="USD", description="wear taken off")
    day_ahead: Series[float] = pa.Field(title="USD", description="of the revenue, from awards")
    charged: Series[float] = pa.Field(title="MWh")
    discharged: Series[float] = pa.Field(title="MWh")


class Revenue(Place):
    """Long table of a strategy's value; low and high are 5 % and 95 % of the block bootstrap."""

    rule: Series[str] = pa.Field(description="name of the strategy")
    measure: Series[str]
    value: Series[float] = pa.Field(nullable=True, title="as `measure`")
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)


class Blocks(Place):
    """Day-ahead against real-time by month and block; month ALL pools the window."""

    month: Series[str]
    block: Series[str]
    hours: Series[int]
    day_ahead: Series[float] = pa.Field(title="USD/MWh")
    real_time: Series[float] = pa.Field(title="USD/MWh")
    spread: Series[float] = pa.Field(title="USD/MWh", description="day-ahead less real-time")
    day_ahead_variance: Series[float] = pa.Field(title="(USD/MWh)^2")
    real_time_variance: Series[float] = pa.Field(title="(USD/MWh)^2")
    spread_variance: Series[float] = pa.Field(title="(USD/MWh)^2")
    day_ahead_shaping: Series[float] = pa.Field(
        nullable=True, title="USD/MWh", description="by load less plain")  # fmt: skip
    real_time_shaping: Series[float] = pa.Field(nullable=True, title="USD/MWh")


class LoadRisk(Place):
    """What serving a load that moves with the price costs, by local hour."""

    hour: Series[int] = pa.Field(ge=0, le=23)
    days: Series[int]
    load: Series[float] = pa.Field(title="MW", description="mean")
    load_deviation: Series[float] = pa.Field(title="MW", description="standard deviation")
    price: Series[float] = pa.Field(title="USD/MWh", description="mean real-time price")
    correlation: Series[float] = pa.Field(nullable=True, description="of load and price")
    covariance_cost: Series[float] = pa.Field(title="USD/MWh", description="cov(load, price)/load")
    cost_deviation: Series[float] = pa.Field(title="USD/MWh", description="std(load x price)/load")


class TopBottom(Place):
    """Mean over days of the n dearest less the n cheapest hours."""

    month: Series[str]
    market: Series[str] = pa.Field(isin=["day_ahead", "real_time"])
    hours: Series[int] = pa.Field(isin=[1, 2, 4])
    days: Series[int]
    spread: Series[float] = pa.Field(title="USD/MW/day", description="dearest less cheapest")


class Components(Place):
    """An LMP's parts by month and block; their sum is the price."""

    market: Series[str] = pa.Field(isin=["day_ahead", "real_time"])
    month: Series[str]
    block: Series[str]
    energy: Series[float] = pa.Field(title="USD/MWh")
    congestion: Series[float] = pa.Field(title="USD/MWh")
    loss: Series[float] = pa.Field(title="USD/MWh")


class Costs(Place):
    """What a MWh of the load costs; a cost whose `parent` is another is part of that."""

    market: Series[str] = pa.Field(isin=["day_ahead", "real_time"])
    month: Series[str]
    cost: Series[str]
    parent: Series[str] = pa.Field(description="empty: none")
    value: Series[float] = pa.Field(nullable=True, title="USD/MWh")


class Importance(pa.DataFrameModel):
    """Share of a model's total gain by feature, over the models of the window."""

    feature: Series[str]
    share: Series[float] = pa.Field(ge=0, le=1)
    low: Series[float] = pa.Field(description="5 % over the dated models")
    high: Series[float]


class Recorded(Bounded):
    """An entry of the record: one forecast of one issue date, as it was issued."""

    run: Series[str]
    revised: Series[bool] = pa.Field(description="its date was entered before, with other values")
    inputs_hash: Series[str] = pa.Field(description="SHA-256 of its features and the models' files")
    previous: Series[str] = pa.Field(description="SHA-256 of the file before; empty: the first")


class Changes(Valid, Place):
    """The same hour forecast on two issue dates; `because_*` columns sum to the change."""

    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    earlier: Series[float] = pa.Field(ge=0, le=1, description="probability issued first")
    later: Series[float] = pa.Field(ge=0, le=1)
    change: Series[float]


class Drivers(Place):
    """What a feature did to a probability: `effect` is its share of ln P. The effects of an hour
    and threshold sum to ln P; that of `usual` is where the model starts."""

    valid_time: Series[Utc]
    lead_hour: Series[int] = pa.Field(ge=1, le=72)
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    feature: Series[str]
    reading: Series[float] = pa.Field(nullable=True, title="as `feature`", description="NaN: none")
    effect: Series[float] = pa.Field(description="exp(effect) multiplies P")
