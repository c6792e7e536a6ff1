"""A training from the files of a run; one that fails leaves a model that says so."""

import json
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
from rtlmp.config.model import history_days
from rtlmp.evaluation.drift import Drift, trained_on
from rtlmp.features.history import History, concat_history, nodes_of, read_history
from rtlmp.io.files import NOT_OURS, BadFileError, sha256
from rtlmp.models.calibration import Calibration
from rtlmp.models.parameters import adopted, curves
from rtlmp.models.samples import TrainingSet, training_set
from rtlmp.models.store import Card, Trained, load_model, package_versions
from rtlmp.models.training import fit_model


class Training(NamedTuple):
    """What is still to be fitted, and the nodes that it is fitted on."""

    fit: Callable[[], Trained]
    pool: list[str]


def read_training(
    given: Mapping[str, Sequence[str]],
    config: TrainSettings,
    day: date,
    tuned: str | None,
    code: str = "",
    before: Trained | None = None,
) -> Training:
    """Of the model dated `day`, from the files of `Plan.training` and one of tuned parameters.

    `before`: the one of that date so far, which stays where nothing that it follows from differs,
    `code` (a hash of it) among it.
    """
    own, c = [*map(read_history, given["history"])], adopted(config, tuned)
    base = load_model(given["base_boosters"], *of) if (of := given["base_cards"]) else None
    drift = drift_of(own, c, day)
    if base and (not base.members or np.median(drift["index"]) > (c["drift"]["psi"] or inf)):
        base = None  # its own training failed, or it is of another world
    history = [*own, *map(read_history, given["auxiliary_history"])]
    hourly = [*given["hourly"], *given["auxiliary_hourly"]]
    prices = read_archive(hourly, pool := nodes_of(history))
    others = partial(read_archive, given["hourly"])

    def fit() -> Trained:
        rows = training_set(history, prices, c, day, others)
        fit_sha256 = digest_of(code, rows, c, calibration := curves(tuned), base)
        same = before and not before.card["failed"] and before.card.get("fit_sha256") == fit_sha256
        trained = before if before and same else fit_model(rows, c, calibration, base)
        told = {**trained.card, "fit_sha256": fit_sha256, "drift": drift}
        return trained._replace(card=cast("Card", told))

    return Training(fit, pool)


def digest_of(
    code: str,
    of: TrainingSet,
    config: TrainSettings,
    curves: Calibration | None,
    base: Trained | None,
) -> str:
    """Of all that a fit follows from: code, rows, settings, base."""
    settings = [config[key] for key in TrainSettings.__annotations__]  # type: ignore[literal-required]
    *named, (x, labels, age, hour, unknown), lent = of
    told = [code, *named, lent, unknown, curves, base and base.card]
    text = json.dumps([*told, settings, package_versions()], sort_keys=True, default=str)
    return sha256([text.encode(), x, *labels, age, hour])


def model_before(boosters: list[Path], card: Path) -> Trained | None:
    """The model in these files, if there is one; one that cannot be read is told."""
    try:
        return load_model(boosters, card) if card.exists() else None
    except BadFileError as error:
        sys.stderr.write(f"made anew: {error}\n")
        return None


def drift_of(history: History, config: TrainSettings, day: date) -> Drift:
    """Of the pool's own rows, those that an update's predecessor was trained on among them."""
    first, rows = day - timedelta(days=max(history_days(config))), concat_history(history)
    since, at = (to_us(issue_time(config, of)) for of in (first, day))
    inside = (rows.issued >= since) & (rows.issued < at)
    return trained_on(rows.x[inside], rows.issued[inside], at)


def train_or_say(of: Training, day: date, before: Trained | None) -> Trained:
    """What `of` gives; if it fails, the model `before`, if there is one, or none, with why.

    Raises faults of the machine: the next run tries again. To Snakemake all else is done.
    """
    try:
        return of.fit()
    except NOT_OURS:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    sys.stderr.write(f"training failed: {why}\n")
    if before and before.members:
        stays = {**before.card, "failed": f"{why}; it serves as it was trained before"}
        return before._replace(card=cast("Card", stays))
    spans = dict.fromkeys(("trained_from", "trained_until"), "")
    said = {"date": day.isoformat(), "pool": of.pool, **spans, "rows": 0, "members": []}
    return Trained([], cast("Card", {**said, "failed": why}))
