"""Every table the pipeline writes: columns, dtypes, keys, and the only names they have.

``Observations.value`` is the text ``"value"`` at run time and a ``str`` to mypy, so a column is
spelled once and a misspelt one is a type error. Times are UTC and never coerced (pandera would
take a naive local time for UTC); an interval is named by its start. A column's title is its unit.
"""

from typing import Annotated, Final

import pandas as pd
import pandera.pandas as pa
from pandera.api.pandas.model_config import BaseConfig
from pandera.typing import Series

from rtlmp.schemas.columns import ISSUED, LOCATION, PUBLISHED, SERIES, VALID

Utc = Annotated[pd.DatetimeTZDtype, "us", "UTC"]
UTC_DTYPE = pd.DatetimeTZDtype("us", "UTC")  # type: ignore[arg-type]  # stubs know ns only


class Valid(pa.DataFrameModel):
    """Anything said about an interval."""

    valid_time: Series[Utc] = pa.Field(description="start of the interval described, UTC")


class Observations(Valid):
    """The one format of everything fetched; a forecast of one hour has many vintages."""

    series: Series[str] = pa.Field(description="stored name of a catalogued series")
    location: Series[str] = pa.Field(description="settlement point, zone or system area")
    publish_time: Series[Utc] = pa.Field(description="when the value became public, UTC")
    value: Series[float] = pa.Field(title="as `series`")

    class Config(BaseConfig):
        strict = True
        unique = [VALID, PUBLISHED, LOCATION, SERIES]  # noqa: RUF012  # as pandera has it


class HorizonRows(Valid):
    """What is forecast: at `issue_time`, of the hour from `valid_time`."""

    issue_time: Series[Utc] = pa.Field(description="nothing published later may be used, UTC")
    lead_hour: Series[int] = pa.Field(ge=1, le=72, description="1: the first hour of `horizon`")


class Features(HorizonRows):
    """`HorizonRows` of one node, plus one float32 column per registered feature."""

    class Config(BaseConfig):
        unique = [ISSUED, VALID]  # noqa: RUF012


class Truth(HorizonRows):
    """A spike probability: alone, the synthetic world's, given all that was public by then."""

    location: Series[str] = pa.Field(description="settlement point, zone or system area")
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    probability: Series[float] = pa.Field(ge=0, le=1, description="of max price > x in the hour")


class Forecast(Truth):
    """72 rows: P(an interval of the hour is priced above `threshold`), for one node."""

    model_date: Series[str] = pa.Field(description="date of the newest model that served, ISO")


class Bounded(Forecast):
    """A forecast of ours says how sure it is; null where a single model serves."""

    lower: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="5 % bound")
    upper: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="95 % bound")


class Flagged(Bounded):
    """A forecast says what it is made of; one from live data, what was late or absent, too."""

    served_by: Series[str] = pa.Field(description="model; else what does, and why")
    stale: Series[str] = pa.Field(description="series too old or missing; empty: none")
    suspect: Series[str] = pa.Field(description="what training lacks; empty: nothing")
    late: Series[bool] = pa.Field(description="first made after its deadline")


class Freshness(pa.DataFrameModel):
    """A row a series: how old what was known at issue time was."""

    series: Series[str]
    latest: Series[Utc] = pa.Field(nullable=True, description="newest publication, UTC")
    age: Series[float] = pa.Field(nullable=True, title="h", description="NaN: never seen")
    allowed: Series[float] = pa.Field(nullable=True, title="h", description="NaN: no source says")
    stale: Series[bool]


class Scored(Forecast):
    """Every forecast row of a backtest with the price observed; `model` tells baselines apart."""

    model: Series[str]
    lower: Series[float] | None = pa.Field(nullable=True, description="5 % bound of ours")
    upper: Series[float] | None = pa.Field(nullable=True, description="95 % bound of ours")
    max_price: Series[float] = pa.Field(nullable=True, title="USD/MWh", description="NaN: unknown")
    lead_day: Series[int] = pa.Field(ge=1, le=3)


class Metrics(pa.DataFrameModel):
    """Long table of scores. `location` ALL and `lead_day` 0 pool all of them."""

    model: Series[str]
    location: Series[str]
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    lead_day: Series[int] = pa.Field(ge=0, le=3)
    metric: Series[str]
    value: Series[float] = pa.Field(nullable=True, title="as `metric`")
    low: Series[float] = pa.Field(nullable=True, description="5 % of the block bootstrap")
    high: Series[float] = pa.Field(nullable=True, description="95 % of the block bootstrap")


# What a source has of a series that it does not give: no rows, in the right types.
no_observations: Final = Observations.empty
