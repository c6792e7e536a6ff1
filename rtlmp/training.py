"""From features and prices to a dated model: which rows train, with which labels."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Archive, Floats, Matrix
from rtlmp.clock import issue_time
from rtlmp.config import Config
from rtlmp.features import DESIGN
from rtlmp.labels import Labels, past
from rtlmp.models.exceedance import fit
from rtlmp.models.store import Card, Trained, digest, packages
from rtlmp.tables import Asks, Features

DAY: Final = 86_400  # seconds


class Samples(NamedTuple):
    """Training rows of all nodes of a pool: (rows, features) and (rows,)."""

    x: Matrix
    labels: Labels
    age: Floats  # days from issue time to the model's


def train(
    features: Mapping[str, DataFrame[Features]], prices: Archive, config: Config, day: date
) -> Trained:
    """The model dated `day`: fitted on the last `history_days` known at its own issue time.

    `features` holds a table a node of the pool, `prices` the hourly target price.
    Raises ValueError when no row has a label yet.
    """
    first = day - timedelta(days=config["history_days"])
    since, until = (pd.Timestamp(issue_time(config, d)) for d in (first, day))
    tables = {
        node: t[(t[Asks.issue_time] >= since) & (t[Asks.issue_time] < until)]
        for node, t in features.items()
    }
    rows = samples(tables, prices, until, config["label_coverage"])
    if not len(rows.x):
        raise ValueError(
            f"model {day}: {sum(map(len, tables.values()))} feature rows were issued in "
            f"[{since}, {until}) and none has its label by then: prices start too late or stopped"
        )
    weight = 0.5 ** (rows.age / config["model"]["half_life_days"])
    seed = config["seed"] + day.toordinal()  # models that are averaged draw different rows
    fitted = fit(rows.x, rows.labels, weight, config["model"], seed)
    card = Card(
        date=day.isoformat(),
        pool=list(features),
        trained_from=since.isoformat(),
        trained_until=until.isoformat(),
        rows=len(rows.x),
        features=DESIGN,
        start=fitted.start,
        model=config["model"],
        seed=seed,
        packages=packages(),
        inputs_sha256=digest([rows.x, *rows.labels, rows.age]),
    )
    return Trained(fitted, card)


def samples(
    tables: Mapping[str, pd.DataFrame], prices: Archive, until: pd.Timestamp, enough: float
) -> Samples:
    """The rows of all nodes whose price was known at `until`, fully or in part."""
    earliest = min((t[Asks.valid_time].min() for t in tables.values() if len(t)), default=until)
    hours = pd.date_range(earliest, until, freq="h")  # no label is known of a later hour
    known = past(prices, until, hours, enough)
    parts = [_known(t, hours, known[node], until) for node, t in tables.items()]
    labels = zip(*(part.labels for part in parts), strict=True)
    return Samples(
        np.concatenate([part.x for part in parts]),
        Labels(*(np.concatenate(column) for column in labels)),
        np.concatenate([part.age for part in parts]),
    )


def _known(
    table: pd.DataFrame, hours: pd.DatetimeIndex, labels: Labels, until: pd.Timestamp
) -> Samples:
    row = hours.get_indexer(pd.DatetimeIndex(table[Asks.valid_time]))
    rows = (row >= 0) & ~np.isnan(labels.highest[row])
    age = (pd.DatetimeIndex(table[Asks.issue_time]) - until).total_seconds().to_numpy() / -DAY
    return Samples(table[DESIGN].to_numpy(np.float32)[rows], labels.at(row[rows]), age[rows])
