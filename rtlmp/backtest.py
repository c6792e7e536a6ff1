"""A window of the past forecast again, day by day, beside its baselines and what came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.archive import Archive
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


def baselines(prices: Archive, hours: pd.DatetimeIndex, config: Config, day: date) -> pd.DataFrame:
    """Every baseline's forecast issued on `day`, from the prices of `hours` known by then."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    hours = hours[hours < at].tz_convert(tz)
    seen = past(prices, at, hour_range(hours), config["label_coverage"])
    asks = asked(config, day)
    target = pd.DatetimeIndex(asks[Asks.valid_time]).tz_convert(tz)
    parts = [
        table(asks, node, x, p, day.isoformat()).assign(**{Scored.model: name})
        for name, baseline in BASELINES.items()
        for node in config["nodes"]
        for x, p in zip(
            config["thresholds"],
            baseline(seen[node], hours, target, config["thresholds"]).T,
            strict=True,
        )
    ]
    return pd.concat(parts, ignore_index=True)


def asked(config: Config, day: date) -> pd.DataFrame:
    """The 72 questions of issue date `day`."""
    start = pd.Timestamp(horizon_start(config, day))
    return pd.DataFrame(
        {
            Asks.valid_time: pd.date_range(start, periods=HORIZON_HOURS, freq="h", unit="us"),
            Asks.issue_time: pd.Timestamp(issue_time(config, day)).as_unit("us"),
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
    """All forecasts of the window by model, the baselines' and the truth too, with what came."""
    held = prices[Q.RT_MAX]
    first = pd.Timestamp(held.start, unit="h", tz="UTC")
    hours = pd.date_range(first, periods=len(held.value), freq="h")
    issued = list(days)
    each = [of.assign(**{Scored.model: name}) for name, of in replays.items()]
    ours = replays[MODEL]
    rows = pd.concat(
        [*each, *(baselines(prices, hours, config, day) for day in issued), *_true(truth, ours)],
        ignore_index=True,
    )
    rows[Scored.lead_day] = (rows[Asks.lead_hour] - 1) // 24 + 1
    keys = pd.MultiIndex.from_frame(rows[[Scored.valid_time, Scored.location]])
    rows[Scored.max_price] = _came(prices, hours, config["label_coverage"]).reindex(keys).to_numpy()
    return Scored.validate(rows)


def _true(truth: DataFrame[Truth] | None, ours: pd.DataFrame) -> list[pd.DataFrame]:
    """The truth of the rows of `ours`, where there is one."""
    if truth is None:
        return []
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    rows = ours.drop(columns=[Scored.probability]).merge(
        truth[[*keys, Truth.probability]], on=keys, validate="one_to_one"
    )
    return [rows.assign(**{Scored.model: TRUTH})]


def _came(prices: Archive, hours: pd.DatetimeIndex, enough: float) -> "pd.Series[float]":
    """Highest price by (hour, node) as known in the end; NaN where the hour is incomplete."""
    end = pd.Timestamp.max.tz_localize("UTC")
    return pd.concat(
        {
            node: pd.Series(np.where(of.complete, of.highest, np.nan), hours)
            for node, of in past(prices, end, hour_range(hours), enough).items()
        }
    ).swaplevel()
