"""Tables of what cross-validation finds: columns, keys and their only names."""

import pandera.pandas as pa
from pandera.typing import Series

from rtlmp.schemas.core import Metrics, Utc


class Folds(pa.DataFrameModel):
    """A row a fold of a cross-validation and pool: what it was fitted on, what it scored."""

    origin: Series[str] = pa.Field(description="first issue date scored, ISO")
    last: Series[str] = pa.Field(description="last issue date scored, ISO")
    pool: Series[str]
    model_date: Series[str] = pa.Field(description="the embargo before the origin, ISO")
    trained_from: Series[Utc] = pa.Field(description="issue time of the first row, or later")
    trained_until: Series[Utc] = pa.Field(description="every row was issued, every label known")
    rows_learnt: Series[int]
    rows_scored: Series[int]
    seeds: Series[str] = pa.Field(description="of each member of the model")


class FoldMetrics(Metrics):
    """Scores of one fold, its pools together."""

    origin: Series[str]


class Trials(pa.DataFrameModel):
    """A row a set of parameters and fold; trial 0 is the config's own, origin ALL pools folds."""

    trial: Series[int] = pa.Field(ge=0)
    origin: Series[str]
    score: Series[float] = pa.Field(description="log loss / climatology's, mean over thresholds")
    parameters: Series[str] = pa.Field(description="JSON")


class Ablation(pa.DataFrameModel):
    """What a set of features adds: log loss refitted without it less log loss with it."""

    kind: Series[str] = pa.Field(isin=["group", "inputs"])
    part: Series[str]
    columns: Series[int] = pa.Field(ge=0, description="features left out")
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    lead_day: Series[int] = pa.Field(ge=0, le=3)
    metric: Series[str] = pa.Field(isin=["percent", "points"])
    value: Series[float] = pa.Field(title="as `metric`", description="% of the log loss, or skill")
    low: Series[float] = pa.Field(description="5 % of the block bootstrap")
    high: Series[float] = pa.Field(description="95 % of the block bootstrap")


class Recalibrated(pa.DataFrameModel):
    """Out of time: recalibrated on earlier folds, scored on later ones, against leaving alone."""

    kind: Series[str]
    threshold: Series[float] = pa.Field(title="USD/MWh", description="x")
    days: Series[int] = pa.Field(description="issue dates of the later folds")
    percent: Series[float] = pa.Field(title="%", description="change of log loss; below 0 helps")
    low: Series[float] = pa.Field(description="5 % of the block bootstrap")
    high: Series[float] = pa.Field(description="95 % of the block bootstrap")
    wins: Series[bool] = pa.Field(description="better beyond noise")
