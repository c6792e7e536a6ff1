"""A window of the past forecast again, day by day, beside its baselines and what came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.archive import US_PER_HOUR, Archive, Floats
from rtlmp.asof import hour_range
from rtlmp.baselines import BASELINES
from rtlmp.catalog import MARKETS, Q
from rtlmp.clock import HORIZON_HOURS, horizon_start, issue_time
from rtlmp.config import Config
from rtlmp.forecasting import forecast, table
from rtlmp.labels import past
from rtlmp.models.store import Trained
from rtlmp.tables import Asks, Bounded, Features, Scored, Truth

MODEL: Final = "model"  # what the trained model is called beside its baselines
TRUTH: Final = "truth"  # and the known truth of a synthetic world


def replay(
    features: Mapping[str, DataFrame[Features]],
    serving: Mapping[str, Sequence[Trained]],
    config: Config,
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


def baselines(
    prices: Archive, hours: pd.DatetimeIndex, config: Config, day: date, nodes: Sequence[str]
) -> pd.DataFrame:
    """Every baseline's forecast issued on `day`, from the prices of `hours` known by then."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    hours = hours[hours < at].tz_convert(tz)
    seen = past(prices, at, hour_range(hours), config["label_coverage"])
    asks, xs = asked(config, day), config["thresholds"]
    local = hours.hour.to_numpy()
    target = asks[Asks.valid_time].dt.tz_convert(tz).dt.hour.to_numpy()
    of_all = pd.concat([asks.assign(**{Scored.location: node}) for node in nodes])
    parts = []
    for name, baseline in BASELINES.items():
        p = np.concatenate([baseline(seen[node], local, target, xs) for node in nodes])
        made = table(of_all, xs, {Scored.probability: p}, day.isoformat())
        parts.append(made.assign(**{Scored.model: name}))
    return pd.concat(parts, ignore_index=True)


def asked(config: Config, day: date) -> pd.DataFrame:
    """The 72 questions of issue date `day`."""
    start = pd.Timestamp(horizon_start(config, day))
    return pd.DataFrame(
        {
            Asks.issue_time: pd.Timestamp(issue_time(config, day)).as_unit("us"),
            Asks.valid_time: pd.date_range(start, periods=HORIZON_HOURS, freq="h", unit="us"),
            Asks.lead_hour: np.arange(1, HORIZON_HOURS + 1),
        }
    )


def scored(
    replays: Mapping[str, DataFrame[Bounded]],
    prices: Archive,
    config: Config,
    days: Iterable[date],
    truth: DataFrame[Truth] | None,
) -> DataFrame[Scored]:
    """All forecasts of these issue dates for the nodes replayed, by model, the baselines' and the
    truth too, with what came; lowest threshold first."""
    held, ours = prices[Q.RT_MAX], replays[MODEL]
    first = pd.Timestamp(held.start, unit="h", tz="UTC")
    hours = pd.date_range(first, periods=len(held.value), freq="h")
    nodes = list(ours[Scored.location].unique())
    each = [of.assign(**{Scored.model: name}) for name, of in replays.items()]
    usual = [baselines(prices, hours, config, day, nodes) for day in days]
    rows = pd.concat([*each, *usual, *_true(truth, ours)], ignore_index=True)
    rows[Scored.lead_day] = (rows[Asks.lead_hour] - 1) // 24 + 1
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
    return [rows.assign(**{Scored.model: TRUTH})]


def _came(rows: pd.DataFrame, prices: Archive, enough: float) -> Floats:
    """Highest price of each row as known in the end; NaN where the hour is incomplete."""
    hour = rows[Scored.valid_time].to_numpy("datetime64[us]").astype(np.int64) // US_PER_HOUR
    hours, end = range(int(hour.min()), int(hour.max()) + 1), pd.Timestamp.max.tz_localize("UTC")
    known = past(prices, end, hours, enough)
    place, nodes = pd.factorize(rows[Scored.location])
    each = [known[node] for node in nodes]
    came = np.stack([np.where(of.complete, of.highest, np.nan) for of in each])
    return np.asarray(came[place, hour - hours.start])
