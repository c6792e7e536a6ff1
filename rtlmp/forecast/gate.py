"""The champion gate: a newly trained model serves only if it is no worse than the one before.

Both are tested on `gate.days` of the latest days, one in `gate.every`, by the gate trees of each,
which have seen no label of them, and with the prices known at the new model's own issue time: the
choice is the same in a forecast and in any backtest. Worse means a mean daily log loss higher by
more than `gate.z_threshold` standard errors (HAC), and by more than `gate.min_relative_loss` of it,
which retraining alone may move.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from typing_extensions import TypedDict

from rtlmp.asof.labels import known_labels, spike
from rtlmp.asof.vintages import US_PER_HOUR, Archive, Floats, Ints, Matrix, to_us
from rtlmp.config.jobs import ReplaySettings
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.features.history import History, labels_of
from rtlmp.forecast.forecast import Asked, model_probability
from rtlmp.models.store import Trained
from rtlmp.models.training import held_day, held_out
from rtlmp.schemas.names import Forecaster

FEWEST: Final = 5  # days that make a test
ROWS: Final = 50_000  # at most, of all nodes: more tell nothing more


class Choice(TypedDict):
    """What the gate found of one dated model."""

    date: str
    predecessor: str | None
    days: int  # compared
    loss: float | None  # mean log loss over thresholds
    loss_before: float | None  # of the predecessor
    statistic: float | None  # difference / standard error
    serves: bool
    why: str


class HeldOutRows(TypedDict):
    """Rows of days held out whose price is known: (rows, features), (rows,), (rows, thresholds)."""

    x: Matrix
    day: Ints  # held out, numbered
    spiked: Floats  # NaN where unknown


def gate_choices(
    models: Mapping[str, Trained], history: History, prices: Archive, config: ReplaySettings
) -> dict[str, Choice]:
    """The gate's choice of every dated model (ISO date), but those that failed to train."""
    dates = sorted(models)
    there = [day for day in dates if models[day].members]
    if not config["gate"]["days"]:
        return {day: _untested(day, None, "the gate is off") for day in there}
    choices = {day: _untested(day, None, "there is no model before it") for day in there}
    for before, day in pairwise(dates):
        if {before, day} <= {*there}:  # none further back: a backtest reads more of them
            rows = held_out_rows(models[day], history, prices, config)
            choices[day] = _choice(models[day], models[before], rows, config)
    return choices


class Decision(TypedDict):
    """Of a pool and an issue date: the dated models that serve, newest first, and why."""

    serving: list[str]
    choices: list[Choice]


Decisions: TypeAlias = dict[str, Decision]  # by pool, as in the file that a forecast leaves
DatedModels: TypeAlias = Mapping[str, Mapping[str, Trained]]  # by pool and ISO date


def gate_decisions(
    models: DatedModels,
    history: Mapping[str, History],
    prices: Archive,
    config: ReplaySettings,
    dates: Sequence[str],
) -> Decisions:
    """By pool, which of the models dated `dates`, newest first, serve."""
    found = {pool: gate_choices(of, history[pool], prices, config) for pool, of in models.items()}
    return {
        pool: Decision(serving=champions(of, dates), choices=[of[d] for d in dates if d in of])
        for pool, of in found.items()
    }


def serving_models(models: DatedModels, gate: Decisions) -> dict[str, list[Trained]]:
    """By pool, the models that `gate` lets serve, newest first."""
    return {pool: [models[pool][day] for day in of["serving"]] for pool, of in gate.items()}


def asked_on(
    day: date, pools: Mapping[str, Sequence[str]], models: DatedModels, gate: Decisions, newest: str
) -> list[Asked]:
    """The forecast of each pool on `day`, whose model is dated `newest`, by those that serve."""
    serving = serving_models(models, gate)
    return [
        Asked(day, pools[q], serving[q], served_by(models[q][newest], of["serving"], of["choices"]))
        for q, of in gate.items()
    ]


def served_by(newest: Trained, serving: Sequence[str], choices: Iterable[Choice]) -> str:
    """MODEL where the `newest` is among the dates `serving`; else what serves instead, and why."""
    day, failed = newest.card["date"], newest.card["failed"]
    if day in serving and not failed:
        return Forecaster.MODEL.value
    refused = [choice["why"] for choice in choices if choice["date"] == day]
    why = f"training of {day} failed: {failed}" if failed else refused[0]
    return f"{'predecessor' if serving else Forecaster.CLIMATOLOGY}: {why}"


def champions(choices: Mapping[str, Choice], dates: Sequence[str]) -> list[str]:
    """Those of `dates`, newest first, that serve; the oldest model where the gate refused all."""
    there = [day for day in dates if day in choices]
    return [day for day in there if choices[day]["serves"]] or there[-1:]


def _choice(new: Trained, old: Trained, rows: HeldOutRows, config: ReplaySettings) -> Choice:
    day, before, xs = new.card["date"], old.card["date"], config["thresholds"]
    if (days := len(np.unique(rows["day"]))) < FEWEST:
        return _untested(day, before, f"{days} labelled days that it has not seen, want {FEWEST}")
    each = (model_probability(m, rows["x"], xs, gate_trees=True) for m in (new, old))
    losses = [daily_means(rows["day"], _loss(rows["spiked"], p)) for p in each]
    z, most = config["gate"]["z_threshold"], config["gate"]["min_relative_loss"]
    statistic = float(np.nan_to_num(diebold_mariano(*losses).statistic))  # 0: equal models
    loss, loss_before = (float(of.mean()) for of in losses)
    change = loss / loss_before - 1
    worse = statistic > z and change > most
    why = "worse than its predecessor beyond noise" if worse else "no worse than its predecessor"
    why += f": {statistic:.2f} standard errors, {z:g} allowed, "
    why += f"and {change:+.1%} log loss, {most:.0%} allowed"
    return {
        **_untested(day, before, why),
        "days": days,
        "loss": loss,
        "loss_before": loss_before,
        "statistic": statistic,
        "serves": not worse,
    }


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


def held_out_rows(
    model: Trained, history: History, prices: Archive, config: ReplaySettings
) -> HeldOutRows:
    """Rows of days that the gate trees of `model` have not seen, as known at its own time.

    Of the rows issued since the first of them, so that more months of `history` change nothing.
    """
    since, until = (
        datetime.fromisoformat(model.card[k]) for k in ("held_out_from", "trained_until")
    )
    hours = range(to_us(since) // US_PER_HOUR, to_us(until) // US_PER_HOUR)
    known = known_labels(prices, until, hours, config["score_coverage"])
    found = []
    for month in history:
        inside = held_out(month.hour, to_us(since), config["gate"]["every"])
        inside &= (month.issued >= to_us(since)) & (month.hour < hours.stop)
        rows = np.flatnonzero(inside)
        observed = labels_of(month, rows, known, hours)
        spiked = np.column_stack([spike(observed.highest, x) for x in config["thresholds"]])
        sure = ~np.isnan(spiked).all(axis=1)
        rows = rows[sure]
        found.append((month.x[rows], held_day(month.hour[rows]), spiked[sure]))
    x, day, spiked = (np.concatenate(of) for of in zip(*found, strict=True))
    every = slice(None, None, max(1, -(-len(x) // ROWS)))
    return HeldOutRows(x=x[every], day=day[every], spiked=spiked[every])


def _loss(spiked: Floats, p: Floats) -> Floats:
    """Mean log loss of each row over the thresholds whose answer is known."""
    return np.asarray(np.nanmean(np.where(np.isnan(spiked), np.nan, log_loss(spiked, p)), axis=1))
