"""A training from the files of a run; one that fails leaves a model that says so."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from math import inf
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from rtlmp.asof.vintages import read_archive, to_us
from rtlmp.clock import issue_time
from rtlmp.config.jobs import TrainSettings
from rtlmp.evaluation.drift import Drift, trained_on
from rtlmp.features.history import History, concat_history, history_days, nodes_of, read_history
from rtlmp.io.files import NOT_OURS
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.store import Card, Trained, load_model
from rtlmp.models.training import train


class Training(NamedTuple):
    """What is still to be fitted, and the nodes that it is fitted on."""

    fit: Callable[[], Trained]
    pool: list[str]


def read_training(
    given: Mapping[str, Sequence[str]], config: TrainSettings, day: date, tuned: str | None
) -> Training:
    """Of the model dated `day`, from the files of `Plan.training` and one of tuned parameters."""
    own, c = {path: read_history(path) for path in given["history"]}, adopted(config, tuned)
    base = load_model(given["base_boosters"], *of) if (of := given["base_cards"]) else None
    drift = drift_of([*own.values()], c, day)
    if base and (not base.members or np.median(drift["index"]) > (c["drift"]["psi"] or inf)):
        base = None  # its own training failed, or it is of another world
    since = f"{day - timedelta(days=c['refit']['update_days']):%Y-%m}" if base else ""

    def late(key: str) -> list[str]:
        """Files of the months that are learnt from."""
        return [path for path in given[key] if Path(path).stem >= since]

    history = [own[path] for path in late("history")]
    history += map(read_history, late("auxiliary_history"))
    prices = read_archive([*late("hourly"), *late("auxiliary_hourly")], pool := nodes_of(history))
    others = partial(read_archive, given["hourly"])

    def fit() -> Trained:
        trained = train(history, prices, c, day, curves(tuned), others, base)
        return trained._replace(card=cast("Card", {**trained.card, "drift": drift}))

    return Training(fit, pool)


def drift_of(history: History, config: TrainSettings, day: date) -> Drift:
    """Of the pool's own rows, those that an update's predecessor was trained on among them."""
    first, rows = day - timedelta(days=max(history_days(config))), concat_history(history)
    since, at = (to_us(issue_time(config, of)) for of in (first, day))
    inside = (rows.issued >= since) & (rows.issued < at)
    return trained_on(rows.x[inside], rows.issued[inside], at)


def train_or_say(of: Training, day: date, boosters: list[Path], card: Path) -> Trained:
    """What `of` gives; if it fails, the model in these files, if there is one, or none, with why.

    Raises faults of the machine: the next run tries again. To Snakemake all else is done.
    """
    try:
        return of.fit()
    except NOT_OURS:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    sys.stderr.write(f"training failed: {why}\n")
    if card.exists() and (before := load_model(boosters, card)).members:
        kept = {**before.card, "failed": f"{why}; it serves as it was trained before"}
        return before._replace(card=cast("Card", kept))
    spans = dict.fromkeys(("trained_from", "trained_until"), "")
    said = {"date": day.isoformat(), "pool": of.pool, **spans, "rows": 0, "members": []}
    return Trained([], cast("Card", {**said, "failed": why}))
