"""The champion gate: a newly trained model serves only if it is no worse than the one before.

Both are tested on the latest `gate.days`, by the trunk of each, which has seen no label of them,
and with the prices known at the new model's own issue time: the choice is the same for whoever
asks. Worse means a mean daily log loss higher by more than `gate.noise` standard errors (HAC).
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Archive, Floats, Matrix
from rtlmp.config import Config
from rtlmp.features import DESIGN
from rtlmp.forecasting import of_model
from rtlmp.labels import past, spike
from rtlmp.losses import daily, diebold_mariano, log_loss
from rtlmp.models.store import Trained
from rtlmp.tables import Asks, Features

FEWEST: Final = 5  # days that make a test
ROWS: Final = 50_000  # at most, of all nodes: more tell nothing more


class Choice(TypedDict):
    """What the gate found of one dated model."""

    date: str
    predecessor: str | None
    days: int  # issue dates compared
    loss: float | None  # mean log loss over thresholds
    loss_before: float | None  # of the predecessor
    statistic: float | None  # difference / standard error
    serves: bool
    why: str


class Unseen(TypedDict):
    """Rows of days held out whose price is known: (rows, features), (rows,), (rows, thresholds)."""

    x: Matrix
    day: Floats
    spiked: Floats  # NaN where unknown


def judged(
    models: Mapping[str, Trained],
    features: Mapping[str, DataFrame[Features]],
    prices: Archive,
    config: Config,
) -> dict[str, Choice]:
    """The gate's choice of every dated model (ISO date) but the earliest, which has no rival."""
    dates = sorted(models)
    if not config["gate"]["days"]:
        return {day: _untested(day, None, "the gate is off") for day in dates}
    choices = {dates[0]: _untested(dates[0], None, "there is no model before it")}
    for before, day in pairwise(dates):
        unseen = _unseen(models[day], features, prices, config)
        choices[day] = _choice(models[day], models[before], unseen, config)
    return choices


class Decision(TypedDict):
    """Of a pool and an issue date: the dated models that serve, newest first, and why."""

    serving: list[str]
    choices: list[Choice]


def decided(
    models: Mapping[str, Mapping[str, Trained]],
    features: Mapping[str, DataFrame[Features]],
    prices: Archive,
    config: Config,
    dates: Sequence[str],
) -> dict[str, Decision]:
    """By pool, which of the models dated `dates`, newest first, serve."""
    found = {pool: judged(of, features, prices, config) for pool, of in models.items()}
    return {
        pool: Decision(serving=champions(of, dates), choices=[of[day] for day in dates])
        for pool, of in found.items()
    }


def read_gate(path: str | Path) -> dict[str, Decision]:
    """The decisions in a file that a forecast left."""
    decisions: dict[str, Decision] = json.loads(Path(path).read_text())
    return decisions


def serving(
    models: Mapping[str, Mapping[str, Trained]], gate: Mapping[str, Decision]
) -> dict[str, list[Trained]]:
    """By pool, the models that `gate` lets serve, newest first."""
    return {pool: [models[pool][day] for day in of["serving"]] for pool, of in gate.items()}


def champions(choices: Mapping[str, Choice], dates: Sequence[str]) -> list[str]:
    """Those of `dates`, newest first, that serve; the oldest where the gate refused all."""
    return [day for day in dates if choices[day]["serves"]] or [*dates[-1:]]


def _choice(new: Trained, old: Trained, unseen: Unseen, config: Config) -> Choice:
    day, before = new.card["date"], old.card["date"]
    if (days := len(np.unique(unseen["day"]))) < FEWEST:
        return _untested(day, before, f"{days} labelled days that it has not seen, want {FEWEST}")
    losses = [
        daily(unseen["day"], _loss(unseen["spiked"], of_model(m, unseen["x"], xs, trunk=True)))
        for m in (new, old)
        for xs in [config["thresholds"]]
    ]
    test, noise = diebold_mariano(*losses), config["gate"]["noise"]
    statistic = float(np.nan_to_num(test.statistic))  # equal models: no difference
    worse = statistic > noise
    why = "worse than its predecessor beyond noise" if worse else "no worse than its predecessor"
    return Choice(
        date=day,
        predecessor=before,
        days=days,
        loss=float(losses[0].mean()),
        loss_before=float(losses[1].mean()),
        statistic=statistic,
        serves=not worse,
        why=f"{why}: {statistic:.2f} standard errors, {noise:g} allowed",
    )


def _untested(day: str, before: str | None, why: str) -> Choice:
    return Choice(
        date=day,
        predecessor=before,
        days=0,
        loss=None,
        loss_before=None,
        statistic=None,
        serves=True,
        why=why,
    )


def _unseen(
    model: Trained, features: Mapping[str, DataFrame[Features]], prices: Archive, config: Config
) -> Unseen:
    since, until = (pd.Timestamp(model.card[k]) for k in ("held_out_from", "trained_until"))
    hours = pd.date_range(since.floor("h"), until, freq="h")
    known = past(prices, until, hours, config["label_coverage"])
    parts = []
    for node in (name for name in model.card["pool"] if name in features):  # donors have none here
        table = features[node]
        rows = table[(table[Asks.issue_time] >= since) & (table[Asks.valid_time] < hours[-1])]
        at = hours.get_indexer(pd.DatetimeIndex(rows[Asks.valid_time]))
        spiked = np.column_stack([spike(known[node], x)[at] for x in config["thresholds"]])
        parts.append((rows, spiked))
    tables, answers = zip(*parts, strict=True)
    whole, spiked = pd.concat(tables), np.concatenate(answers)
    sure = np.flatnonzero(~np.isnan(spiked).all(axis=1))
    sure = sure[:: max(1, -(-len(sure) // ROWS))]
    issued = whole[Asks.issue_time].to_numpy("datetime64[s]").astype(np.float64)
    x = whole[DESIGN].to_numpy(np.float32)
    return Unseen(x=x[sure], day=issued[sure], spiked=spiked[sure])


def _loss(spiked: Floats, p: Floats) -> Floats:
    """Mean log loss of each row over the thresholds whose answer is known."""
    return np.asarray(np.nanmean(np.where(np.isnan(spiked), np.nan, log_loss(spiked, p)), axis=1))
