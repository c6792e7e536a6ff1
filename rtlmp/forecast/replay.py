"""A window of the past forecast again, day by day, beside its baselines and what came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.labels import known_labels
from rtlmp.asof.view import hour_range
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Floats
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import HORIZON_HOURS, horizon_start, issue_time
from rtlmp.config.jobs import BacktestSettings, ClockSettings, ReplaySettings
from rtlmp.forecast.baselines import BASELINES
from rtlmp.forecast.forecast import forecast, long_table
from rtlmp.models.store import Trained
from rtlmp.schemas.core import Bounded, Features, HorizonRows, Scored, Truth
from rtlmp.schemas.names import Forecaster


def replay(
    features: Mapping[str, DataFrame[Features]],
    serving: Mapping[str, Sequence[Trained]],
    config: ReplaySettings,
) -> DataFrame[Bounded]:
    """Forecasts of the issue dates (ISO) of `serving`, each by its models, for one pool."""
    parts = [
        forecast(
            models,
            features,
            pd.Timestamp(issue_time(config, date.fromisoformat(day))),
            config["thresholds"],
        )
        for day, models in serving.items()
    ]
    return Bounded.validate(pd.concat(parts, ignore_index=True))


def baseline_forecasts(
    prices: Archive,
    hours: pd.DatetimeIndex,
    config: BacktestSettings,
    day: date,
    nodes: Sequence[str],
) -> pd.DataFrame:
    """Every baseline's forecast issued on `day`, from the prices of `hours` known by then."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    hours = hours[hours < at].tz_convert(tz)
    seen = known_labels(prices, at, hour_range(hours), config["label_coverage"])
    asks, xs = horizon_rows(config, day), config["thresholds"]
    local = hours.hour.to_numpy()
    target = asks[HorizonRows.valid_time].dt.tz_convert(tz).dt.hour.to_numpy()
    of_all = pd.concat([asks.assign(**{Scored.location: node}) for node in nodes])
    parts = []
    for name, baseline in BASELINES.items():
        p = np.concatenate([baseline(seen[node], local, target, xs) for node in nodes])
        made = long_table(of_all, xs, {Scored.probability: p}, day.isoformat())
        parts.append(made.assign(**{Scored.model: name}))
    return pd.concat(parts, ignore_index=True)


def horizon_rows(config: ClockSettings, day: date) -> pd.DataFrame:
    """The 72 questions of issue date `day`."""
    start = pd.Timestamp(horizon_start(config, day))
    return pd.DataFrame(
        {
            HorizonRows.issue_time: pd.Timestamp(issue_time(config, day)).as_unit("us"),
            HorizonRows.valid_time: pd.date_range(
                start, periods=HORIZON_HOURS, freq="h", unit="us"
            ),
            HorizonRows.lead_hour: np.arange(1, HORIZON_HOURS + 1),
        }
    )


def scored_forecasts(
    replays: Mapping[str, DataFrame[Bounded]],
    prices: Archive,
    config: BacktestSettings,
    days: Iterable[date],
    truth: DataFrame[Truth] | None,
) -> DataFrame[Scored]:
    """All forecasts of these issue dates for the nodes replayed, by model, the baselines' and the
    truth too, with what came; lowest threshold first."""
    held, ours = prices[SeriesName.RT_MAX], replays[Forecaster.MODEL]
    first = pd.Timestamp(held.start, unit="h", tz="UTC")
    hours = pd.date_range(first, periods=len(held.value), freq="h")
    nodes = list(ours[Scored.location].unique())
    each = [of.assign(**{Scored.model: name}) for name, of in replays.items()]
    usual = [baseline_forecasts(prices, hours, config, day, nodes) for day in days]
    rows = pd.concat([*each, *usual, *_true(truth, ours)], ignore_index=True)
    rows[Scored.lead_day] = (rows[HorizonRows.lead_hour] - 1) // 24 + 1
    rows[Scored.max_price] = _came(rows, prices, config["label_coverage"])
    return Scored.validate(rows.sort_values(Scored.threshold, kind="stable", ignore_index=True))


def _true(truth: DataFrame[Truth] | None, ours: pd.DataFrame) -> list[pd.DataFrame]:
    """The truth of the rows of `ours`, where there is one."""
    if truth is None:
        return []
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    rows = ours.drop(columns=[Scored.probability]).merge(
        truth[[*keys, Truth.probability]], on=keys, validate="one_to_one"
    )
    return [rows.assign(**{Scored.model: Forecaster.TRUTH})]


def _came(rows: pd.DataFrame, prices: Archive, min_coverage: float) -> Floats:
    """Highest price of each row as known in the end; NaN where the hour is incomplete."""
    hour = rows[Scored.valid_time].to_numpy("datetime64[us]").astype(np.int64) // US_PER_HOUR
    hours, end = range(int(hour.min()), int(hour.max()) + 1), pd.Timestamp.max.tz_localize("UTC")
    known = known_labels(prices, end, hours, min_coverage)
    place, nodes = pd.factorize(rows[Scored.location])
    each = [known[node] for node in nodes]
    came = np.stack([np.where(of.complete, of.highest, np.nan) for of in each])
    return np.asarray(came[place, hour - hours.start])
