"""Folds of rolling-origin cross-validation: what each model learns from and what it is asked.

A fold's model is the dated model of `embargo_days` before its origin, by the same code: nothing
issued or known later trains it. What came is what was known when the window's last label was.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.labels import known_labels, spike
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Floats, Matrix, read_archive, to_us
from rtlmp.catalog import MARKETS
from rtlmp.clock import issue_time
from rtlmp.config.jobs import FoldSettings
from rtlmp.config.selection import Window
from rtlmp.features.history import HistoryRows, read_history, read_pools
from rtlmp.features.matrix import DESIGN
from rtlmp.forecast.baselines import climatology
from rtlmp.forecast.forecast import HORIZON
from rtlmp.io.tables import read_by_folder
from rtlmp.model_selection.windows import FoldWindow, fold_windows, labels_known
from rtlmp.models.training import TrainingSet, training_set
from rtlmp.schemas.core import Features, HorizonRows, Scored

HOURS: Final = np.arange(24, dtype=np.int32)


class Fold(NamedTuple):
    """What one pool's model learns from and is asked: (rows, features) and (rows, thresholds)."""

    span: FoldWindow
    pool: str
    learnt: TrainingSet
    asks: pd.DataFrame  # Scored's columns that do not depend on the threshold
    x: Matrix
    spiked: Floats  # NaN where unknown
    reference: Floats  # climatology of the training span


class Files(Protocol):
    """Paths of what folds are made of: training rows, auxiliary nodes' too, features and prices."""

    history: Sequence[str]
    auxiliary_history: Sequence[str]
    features: Sequence[str]
    hourly: Sequence[str]
    auxiliary_hourly: Sequence[str]


def read_folds(given: Files, config: FoldSettings, window: Window) -> list[Fold]:
    """The folds of `window`."""
    auxiliary_nodes = [read_history(path) for path in given.auxiliary_history]
    history = {pool: [*own, *auxiliary_nodes] for pool, own in read_pools(given.history).items()}
    prices = read_archive([*given.hourly, *given.auxiliary_hourly])
    return folds(history, read_by_folder(Features, given.features), prices, config, window)


def folds(
    history: Mapping[str, Sequence[HistoryRows]],
    features: Mapping[str, DataFrame[Features]],
    prices: Archive,
    config: FoldSettings,
    window: Window,
) -> list[Fold]:
    """A fold an origin of `window` and pool. `history` holds what trains each pool."""
    until = issue_time(config, labels_known(config, window))
    return [
        _fold(span, pool, {n: features[n] for n in nodes}, learnt, prices, until, config)
        for span in fold_windows(config, window)
        for pool, nodes in config["pools"].items()
        for learnt in [training_set(history[pool], prices, config, span.day)]
    ]


def _fold(
    span: FoldWindow,
    pool: str,
    features: Mapping[str, DataFrame[Features]],
    learnt: TrainingSet,
    prices: Archive,
    until: datetime,
    config: FoldSettings,
) -> Fold:
    first, last = (pd.Timestamp(issue_time(config, d)) for d in span[1:])
    tables = {n: t[t[HorizonRows.issue_time].between(first, last)] for n, t in features.items()}
    if empty := [node for node, rows in tables.items() if not len(rows)]:
        raise ValueError(f"fold {span.origin} to {span.last}: no feature rows of {empty}")
    usual = _climatology(learnt, prices, config)
    parts = [
        _asked(node, rows, prices, until, usual[node], config) for node, rows in tables.items()
    ]
    asks, x, spiked, reference = zip(*parts, strict=True)
    return Fold(
        span,
        pool,
        learnt,
        pd.concat(asks, ignore_index=True),
        *(np.concatenate(of) for of in (x, spiked, reference)),
    )


def _asked(
    node: str, rows: pd.DataFrame, prices: Archive, until: datetime, usual: Floats, c: FoldSettings
) -> tuple[pd.DataFrame, Matrix, Floats, Floats]:
    """The questions to one node, what is known of the answers, and climatology's."""
    valid = pd.DatetimeIndex(rows[HorizonRows.valid_time])
    hour = rows[HorizonRows.valid_time].astype("int64").to_numpy() // US_PER_HOUR
    hours = range(int(hour.min()), int(hour.max()) + 1)
    came = known_labels(prices, until, hours, c["label_coverage"])[node].at(
        (hour - hours.start).astype(np.intp)
    )
    asks = rows[HORIZON].assign(**{Scored.location: node})
    asks[Scored.lead_day] = (rows[HorizonRows.lead_hour] - 1) // 24 + 1
    asks[Scored.max_price] = np.where(came.complete, came.highest, np.nan)
    spiked = np.column_stack([spike(came, x) for x in c["thresholds"]])
    local = valid.tz_convert(MARKETS[c["market"]].tz).hour
    return asks, rows[DESIGN].to_numpy(np.float32), spiked, usual[local]


def _climatology(learnt: TrainingSet, prices: Archive, config: FoldSettings) -> dict[str, Floats]:
    """By node, spike frequency of each local hour of the training span: (24, thresholds)."""
    hours = range(to_us(learnt.since) // US_PER_HOUR, to_us(learnt.until) // US_PER_HOUR)
    known = known_labels(prices, learnt.until, hours, config["label_coverage"])
    first = pd.Timestamp(hours.start, unit="h", tz="UTC")
    utc = pd.date_range(first, periods=len(hours), freq="h")
    local = utc.tz_convert(MARKETS[config["market"]].tz).hour.to_numpy()
    return {node: climatology(of, local, HOURS, config["thresholds"]) for node, of in known.items()}
