"""Rows that a dated model is fitted on: which, and with which labels."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from rtlmp.asof.labels import Labels, fullest, known_labels
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Floats, Ints, Matrix, to_us
from rtlmp.clock import issue_time
from rtlmp.config.jobs import TrainSettings
from rtlmp.config.model import history_days
from rtlmp.features.history import History, HistoryRows, labels_of, nodes_of

Others: TypeAlias = Callable[[], Archive] | None  # reads the prices of all nodes
DAY: Final = 86_400_000_000  # us
FEWEST: Final = 200  # rows: of fewer a model is a constant, its leaves too small to split


class Samples(NamedTuple):
    """Training rows of all nodes of a pool: (rows, features) and (rows,)."""

    x: Matrix
    labels: Labels
    age: Floats  # days from issue time to the model's
    hour: Ints  # target hour, since 1970
    unknown: int  # rows left out, for their price is unknown


class TrainingSet(NamedTuple):
    """What the model of a pool dated `day` is fitted on: rows issued in [since, until)."""

    day: date
    since: datetime
    until: datetime
    pool: list[str]
    design: list[str]  # names of the features
    rows: Samples
    lent: str  # node whose price stands in for those of a pool that has none


def training_set(
    history: History, prices: Archive, config: TrainSettings, day: date, others: Others = None
) -> TrainingSet:
    """The rows that the model dated `day` is fitted on."""
    first = day - timedelta(days=max(history_days(config)))
    since, until = (issue_time(config, d) for d in (first, day))
    rows = samples(history, prices, since, until, config["label_coverage"])
    lent = ""
    if len(rows.x) < FEWEST and others:
        of, hours = others(), range(to_us(since) // US_PER_HOUR, to_us(until) // US_PER_HOUR)
        lent = fullest(known_labels(of, until, hours, 0))
        as_lent = [month._replace(nodes=[lent] * len(month.nodes)) for month in history]
        rows = samples(as_lent, of, since, until, config["label_coverage"])
    if len(rows.x) < FEWEST:
        raise ValueError(
            f"model {day}: {sum(len(month.x) for month in history)} feature rows; of those issued "
            f"in [{since}, {until}) {len(rows.x)} have their label by then, want {FEWEST} or more: "
            "prices start too late or stopped"
        )
    return TrainingSet(day, since, until, nodes_of(history), history[0].design, rows, lent)


def samples(
    history: History, prices: Archive, since: datetime, until: datetime, min_coverage: float
) -> Samples:
    """Rows issued in [since, until) whose price was known by then."""
    earliest = min((int(month.hour.min()) for month in history if len(month.hour)), default=0)
    hours = range(earliest, to_us(until) // US_PER_HOUR + 1)  # no label is known of a later hour
    known = known_labels(prices, until, hours, min_coverage)
    months = [_labelled(month, hours, known, to_us(since), to_us(until)) for month in history]
    x, labels, ages, each, unknown = zip(*months, strict=True)
    known_by_then = Labels(*map(np.concatenate, zip(*labels, strict=True)))
    rows, age, hour = (np.concatenate(of) for of in (x, ages, each))
    return Samples(rows, known_by_then, age, hour, sum(unknown))


def _labelled(
    month: HistoryRows, hours: range, known: Mapping[str, Labels], since: int, until: int
) -> Samples:
    inside = (month.issued >= since) & (month.issued < until) & (month.hour < hours.stop)
    rows = np.flatnonzero(inside)
    labels = labels_of(month, rows, known, hours)
    there = ~np.isnan(labels.highest)
    rows = rows[there]
    age = (until - month.issued[rows]) / DAY
    return Samples(month.x[rows], labels.at(there), age, month.hour[rows], int(np.sum(~there)))
