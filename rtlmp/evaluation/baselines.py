"""The forecasts of a backtest with their baselines and the prices observed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.labels import Labels, fullest, known_labels, spike
from rtlmp.asof.view import horizon_rows, hour_range, lead_day_of, long_table
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Floats
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import CLIMATE, HORIZON_HOURS, horizon_start, issue_time
from rtlmp.config.jobs import BacktestSettings
from rtlmp.schemas.core import Bounded, HorizonRows, Scored, Truth
from rtlmp.schemas.names import Forecaster

Hours: TypeAlias = npt.NDArray[np.int32]  # of a local day
# (a node's labels known at issue time, their hours, target hours, x) -> (72, len(x))
Baseline: TypeAlias = Callable[[Labels, Hours, Hours, list[float]], Floats]


def climatology(past: Labels, hours: Hours, target: Hours, thresholds: list[float]) -> Floats:
    """Spike frequency of the node in the local hour, half a success in two hours added."""
    return np.column_stack([_frequency(spike(past.highest, x), hours)[target] for x in thresholds])


def persistence(past: Labels, hours: Hours, target: Hours, thresholds: list[float]) -> Floats:
    """1 if the latest known day spiked in the same local hour, else 0."""
    return np.column_stack([_latest(spike(past.highest, x), hours)[target] for x in thresholds])


def _frequency(spikes: Floats, hours: Hours) -> Floats:
    sure = ~np.isnan(spikes)
    count = np.bincount(hours[sure], minlength=24)
    return (np.bincount(hours[sure], spikes[sure], minlength=24) + 0.5) / (count + 2)


def _latest(spikes: Floats, hours: Hours) -> Floats:
    sure = ~np.isnan(spikes)
    out = np.zeros(24)
    out[hours[sure]] = spikes[sure]  # hours ascend: the latest stands
    return out


BASELINES: Final[dict[Forecaster, Baseline]] = {
    Forecaster.CLIMATOLOGY: climatology,
    Forecaster.PERSISTENCE: persistence,
}


def baseline_forecasts(
    prices: Archive, hours: pd.DatetimeIndex, config: BacktestSettings, day: date, nodes: list[str]
) -> pd.DataFrame:
    """Every baseline's forecast issued on `day`, from the prices of `hours` known by then."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    hours = hours[hours < at].tz_convert(tz)
    known = known_labels(prices, at, hour_range(hours), config["score_coverage"])
    horizon, xs = horizon_rows(at, horizon_start(config, day)), config["thresholds"]
    local = hours.hour.to_numpy()
    target = horizon[HorizonRows.valid_time].dt.tz_convert(tz).dt.hour.to_numpy()
    rows = pd.concat([horizon.assign(**{Scored.location: node}) for node in nodes])
    made = []
    for name, baseline in BASELINES.items():
        p = np.concatenate([baseline(known[node], local, target, xs) for node in nodes])
        table = long_table(rows, xs, {Scored.probability: p}, day.isoformat())
        made.append(table.assign(**{Scored.model: name.value}))
    return pd.concat(made, ignore_index=True)


def climatology_forecast(
    prices: Archive, config: BacktestSettings, day: date, nodes: Sequence[str]
) -> pd.DataFrame:
    """Issued on `day` where no model serves: climatology of the CLIMATE days before, no bounds.

    A node of whose price nothing is known has that of the node of which most is.
    """
    at = pd.Timestamp(issue_time(config, day))
    hours = pd.date_range(end=at.floor("h"), periods=24 * CLIMATE.days, freq="h")
    known = known_labels(prices, at, hour_range(hours), config["score_coverage"])
    of = [node if np.isfinite(known[node].highest).any() else fullest(known) for node in nodes]
    rows = baseline_forecasts(prices, hours, config, day, of)
    rows = rows[rows.pop(Scored.model) == Forecaster.CLIMATOLOGY]
    rows[Scored.location] = np.tile(np.repeat([*nodes], HORIZON_HOURS), len(config["thresholds"]))
    rows[Bounded.lower] = rows[Bounded.upper] = np.nan
    return rows[[HorizonRows.issue_time, *rows.columns.drop(HorizonRows.issue_time)]]


def scored_forecasts(
    replays: Mapping[str, DataFrame[Bounded]], prices: Archive, config: BacktestSettings,
    days: Iterable[date], truth: DataFrame[Truth] | None,
) -> DataFrame[Scored]:  # fmt: skip
    """All forecasts of these issue dates for the nodes replayed, by model, the baselines' and the
    truth too, with the price observed; lowest threshold first."""
    hours, ours = price_hours(prices), replays[Forecaster.MODEL]
    nodes = list(ours[Scored.location].unique())
    each: list[pd.DataFrame] = [of.assign(**{Scored.model: name}) for name, of in replays.items()]
    each += [baseline_forecasts(prices, hours, config, day, nodes) for day in days]
    rows = pd.concat([*each, *_true(truth, ours)], ignore_index=True)
    rows[Scored.lead_day] = lead_day_of(rows[HorizonRows.lead_hour])
    rows[Scored.max_price] = _observed(rows, prices, config["score_coverage"])
    return Scored.validate(rows.sort_values(Scored.threshold, kind="stable", ignore_index=True))


def price_hours(prices: Archive) -> pd.DatetimeIndex:
    """Those of the archive, from its first price on."""
    of = prices[SeriesName.RT_MAX]
    return pd.date_range(
        pd.Timestamp(of.start, unit="h", tz="UTC"), periods=len(of.value), freq="h"
    )


def _true(truth: DataFrame[Truth] | None, ours: pd.DataFrame) -> list[pd.DataFrame]:
    """The truth of the rows of `ours`, where there is one."""
    if truth is None:
        return []
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    rows = ours.drop(columns=[Scored.probability]).merge(
        truth[[*keys, Truth.probability]], on=keys, validate="one_to_one"
    )
    return [rows.assign(**{Scored.model: Forecaster.TRUTH})]


def _observed(rows: pd.DataFrame, prices: Archive, min_coverage: float) -> Floats:
    """Highest price of each row as known in the end; NaN where the hour is incomplete."""
    hour = rows[Scored.valid_time].to_numpy("datetime64[us]").astype(np.int64) // US_PER_HOUR
    hours, end = range(int(hour.min()), int(hour.max()) + 1), pd.Timestamp.max.tz_localize("UTC")
    known = known_labels(prices, end, hours, min_coverage)
    place, nodes = pd.factorize(rows[Scored.location])
    return np.stack([known[node].highest for node in nodes])[place, hour - hours.start]
