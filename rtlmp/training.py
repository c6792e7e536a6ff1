"""From features and prices to a dated model: which rows train, with which labels."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple, cast

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Archive, Floats, Matrix
from rtlmp.clock import issue_time
from rtlmp.config import Config, Member, Model
from rtlmp.features import DESIGN
from rtlmp.labels import Flags, Labels, past
from rtlmp.models.fitted import Fitted
from rtlmp.models.ladder import Training
from rtlmp.models.registry import fit
from rtlmp.models.store import Card, MemberCard, Trained, digest, packages
from rtlmp.tables import Asks, Features

DAY: Final = 86_400  # seconds
HOURS: Final = 24  # of a day
LEFT_OUT: Final = 0.2  # share of the weeks that a model does not learn from: see `bounds`
ALWAYS: Final = 28  # latest days that every model learns from


class Samples(NamedTuple):
    """Training rows of all nodes of a pool: (rows, features) and (rows,)."""

    x: Matrix
    labels: Labels
    age: Floats  # days from issue time to the model's
    since: Floats  # days from the end of the target hour to the model's issue time

    def at(self, rows: Flags) -> "Samples":
        return Samples(self.x[rows], self.labels.at(rows), self.age[rows], self.since[rows])


def train(
    features: Mapping[str, DataFrame[Features]], prices: Archive, config: Config, day: date
) -> Trained:
    """The model dated `day`: fitted on the days up to its own issue time, known by then.

    `features` holds a table a node of the pool, `prices` the hourly target price.
    Raises ValueError when no row has a label yet.
    """
    first = day - timedelta(days=longest_history(config))
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
    members = [_member(rows, config, member, day) for member in config["members"]]
    card = Card(
        date=day.isoformat(),
        pool=list(features),
        trained_from=since.isoformat(),
        trained_until=until.isoformat(),
        held_out_from=(until - pd.Timedelta(days=config["gate"]["days"])).isoformat(),
        rows=len(rows.x),
        features=DESIGN,
        members=[card for _, card in members],
        packages=packages(),
        inputs_sha256=digest([rows.x, *rows.labels, rows.age]),
    )
    return Trained([fitted for fitted, _ in members], card)


def _member(rows: Samples, config: Config, member: Member, day: date) -> tuple[Fitted, MemberCard]:
    """One member, by its own settings where it has some, fitted on its own span."""
    model = cast("Model", {k: member.get(k, v) for k, v in config["model"].items()})
    history = member.get("history_days", config["history_days"])
    # models that are averaged draw different rows
    seed = member.get("seed", config["seed"]) + day.toordinal()
    inside = rows.age < history + 0.5  # a clock change makes a day an hour longer
    part = rows.at(inside & _learned(rows.age, seed))
    weight = 0.5 ** (part.age / model["half_life_days"])
    held_out = config["gate"]["days"]
    trunk = round(config["gate"]["trunk"] * model["rounds"]) if held_out else 0
    t = Training(part.x, part.labels, weight, part.since >= held_out)
    fitted = fit(t, model, seed, trunk)
    return fitted, MemberCard(
        model=model,
        history_days=history,
        seed=seed,
        rows=len(part.x),
        trunk=trunk,
        state=fitted.state,
    )


def _learned(age: Floats, seed: int) -> Flags:
    """The rows of weeks that a model with this seed learns from."""
    week = ((age - ALWAYS) // 7).astype(np.intp)
    drawn = np.random.default_rng(seed).random(max(week.max(initial=0), 0) + 1) >= LEFT_OUT
    return (age < ALWAYS) | drawn[np.maximum(week, 0)]


def longest_history(config: Config) -> int:
    """Days that the member with the longest history looks back."""
    return max(m.get("history_days", config["history_days"]) for m in config["members"])


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
        np.concatenate([part.since for part in parts]),
    )


def _known(
    table: pd.DataFrame, hours: pd.DatetimeIndex, labels: Labels, until: pd.Timestamp
) -> Samples:
    row = hours.get_indexer(pd.DatetimeIndex(table[Asks.valid_time]))
    rows = (row >= 0) & ~np.isnan(labels.highest[row])
    age, since = (
        -(pd.DatetimeIndex(table[c]) - until).total_seconds().to_numpy()[rows] / DAY
        for c in (Asks.issue_time, Asks.valid_time)
    )
    x = table[DESIGN].to_numpy(np.float32)[rows]
    return Samples(x, labels.at(row[rows]), age, since - 1 / HOURS)
