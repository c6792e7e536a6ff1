"""Folds of rolling-origin cross-validation: what each model is fitted on and scored on.

A fold's model is the dated model of `embargo_days` before its origin, by the same code: nothing
issued or known later trains it. It is scored by what was known when the window's last label was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from rtlmp.asof.labels import Labels, known_labels, spike
from rtlmp.asof.view import lead_day_of
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Flags, Floats, Matrix, read_archive, to_us
from rtlmp.catalog import MARKETS
from rtlmp.clock import issue_time
from rtlmp.config.jobs import FoldSettings
from rtlmp.config.kinds import Window
from rtlmp.evaluation.baselines import climatology
from rtlmp.features.history import HistoryRows, read_history, read_pools
from rtlmp.forecast.forecast import HORIZON, TIMES, NodeFeatures
from rtlmp.io.tables import read_by_folder
from rtlmp.model_selection.windows import FoldWindow, fold_windows, labels_known
from rtlmp.models.samples import TrainingSet, training_set
from rtlmp.schemas.core import Features, HorizonRows, Scored

PoolRows: TypeAlias = tuple[pd.DataFrame, Matrix, Floats]  # horizon, x, spiked of a Fold
HOURS: Final = np.arange(24, dtype=np.int32)


class Fold(NamedTuple):
    """What one pool's model is fitted on and scored on: (rows, features) and (rows, thresholds)."""

    window: FoldWindow
    pool: str
    training: TrainingSet
    horizon: pd.DataFrame  # Scored's columns that do not depend on the threshold
    x: Matrix
    spiked: Floats  # NaN where unknown
    climatology: Floats  # of the training span


def read_folds(given: Any, config: FoldSettings, window: Window) -> list[Fold]:  # noqa: ANN401  # Snakemake's own mapping
    """The folds of `window` from the named inputs `given`."""
    auxiliary_nodes = [read_history(path) for path in given.auxiliary_history]
    history = {pool: [*own, *auxiliary_nodes] for pool, own in read_pools(given.history).items()}
    prices = read_archive([*given.hourly, *given.auxiliary_hourly])
    features = read_by_folder(Features, given.features, config["nodes"])
    return folds(history, features, prices, config, window)


def folds(
    history: Mapping[str, Sequence[HistoryRows]], features: NodeFeatures, prices: Archive,
    config: FoldSettings, window: Window,
) -> list[Fold]:  # fmt: skip
    """A fold an origin of `window` and pool. `history` holds what trains each pool."""
    until = issue_time(config, labels_known(config, window))
    rows = {
        pool: _pool_rows({n: features[n] for n in nodes}, prices, until, config)
        for pool, nodes in config["pools"].items()
    }
    return [
        _fold(span, pool, rows[pool], training, prices, config)
        for span in fold_windows(config, window)
        for pool in rows
        for training in [training_set(history[pool], prices, config, span.model_date)]
    ]


def _pool_rows(
    features: NodeFeatures, prices: Archive, until: datetime, config: FoldSettings
) -> PoolRows:
    """Of all dates of `features` (a table a node)."""
    by_node = [rows[HORIZON].assign(**{Scored.location: node}) for node, rows in features.items()]
    horizon = pd.concat(by_node, ignore_index=True)
    node = np.repeat(np.arange(len(by_node)), [len(rows) for rows in by_node])
    hour = horizon[HorizonRows.valid_time].astype("int64").to_numpy() // US_PER_HOUR
    hours = range(int(hour.min()), int(hour.max()) + 1)
    known = known_labels(prices, until, hours, config["score_coverage"])
    columns = zip(*(known[name] for name in features), strict=True)
    observed = Labels(*(np.stack(of)[node, hour - hours.start] for of in columns))
    horizon[Scored.lead_day] = lead_day_of(horizon[HorizonRows.lead_hour])
    horizon[Scored.max_price] = observed.highest
    x = np.concatenate([of.drop(columns=TIMES).to_numpy(np.float32) for of in features.values()])
    return horizon, x, np.column_stack([spike(observed.highest, x) for x in config["thresholds"]])


def _fold(
    span: FoldWindow, pool: str, rows: PoolRows, training: TrainingSet, prices: Archive,
    c: FoldSettings,
) -> Fold:  # fmt: skip
    every, x, spiked = rows
    first, last = (pd.Timestamp(issue_time(c, day)) for day in (span.origin, span.last))
    inside = every[HorizonRows.issue_time].between(first, last).to_numpy()
    horizon = every[inside].reset_index(drop=True)
    if empty := sorted({*c["pools"][pool]} - {*horizon[Scored.location]}):
        raise ValueError(f"fold {span.origin} to {span.last}: no feature rows of {empty}")
    reference = _climatology(horizon, training, prices, c)
    return Fold(span, pool, training, horizon, x[inside], spiked[inside], reference)


def _climatology(
    horizon: pd.DataFrame, training: TrainingSet, prices: Archive, config: FoldSettings
) -> Floats:
    """Spike frequency of each row's node and local hour in the training span."""
    hours = range(to_us(training.since) // US_PER_HOUR, to_us(training.until) // US_PER_HOUR)
    known = known_labels(prices, training.until, hours, config["score_coverage"])
    tz = MARKETS[config["market"]].tz
    first = pd.Timestamp(hours.start, unit="h", tz="UTC")
    local = pd.date_range(first, periods=len(hours), freq="h").tz_convert(tz).hour.to_numpy()
    node, names = pd.factorize(horizon[Scored.location])
    daily = [climatology(known[name], local, HOURS, config["thresholds"]) for name in names]
    return np.stack(daily)[node, horizon[HorizonRows.valid_time].dt.tz_convert(tz).dt.hour]


def fold_days(folds: Sequence[Fold]) -> dict[str, Flags]:
    """Which issue days of all folds are of each origin: (days,)."""
    _, first = np.unique(issue_times(folds), return_index=True)
    origins = [f.window.origin.isoformat() for f in folds]
    of_day = np.repeat(origins, [len(f.horizon) for f in folds])[first]
    return {origin: of_day == origin for origin in sorted({*origins})}


def issue_times(folds: Iterable[Fold]) -> npt.NDArray[np.datetime64]:
    """Of the rows of all folds, one after the other."""
    times = [f.horizon[HorizonRows.issue_time].to_numpy("datetime64[s]") for f in folds]
    return np.concatenate(times)
