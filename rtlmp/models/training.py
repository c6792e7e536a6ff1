"""From features and prices to a dated model."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, cast

import numpy as np

from rtlmp.asof.vintages import US_PER_HOUR, Archive, Flags, Floats, Ints, to_us
from rtlmp.config.jobs import TrainSettings
from rtlmp.config.model import KEPT, UPDATED, Member, Model, held_out_span, history_days
from rtlmp.features.history import History
from rtlmp.io.files import sha256
from rtlmp.models.boosted import update_hazard
from rtlmp.models.calibration import Calibration
from rtlmp.models.curve import Fitted, TrainingRows
from rtlmp.models.estimators import ESTIMATORS, fit
from rtlmp.models.samples import Others, Samples, TrainingSet, training_set
from rtlmp.models.store import Card, MemberCard, Trained, package_versions

LEFT_OUT: Final = 0.1  # share of the weeks that a model is not fitted on: see `jackknife_interval`
MOST_HELD_OUT: Final = 1 / 3  # of the days there are
CALM: Final = 15  # UTC hour at which days held out begin and end
ALWAYS: Final = 28  # latest days that every model is fitted on


def train(
    history: History,
    prices: Archive,
    config: TrainSettings,
    day: date,
    curves: Calibration | None = None,
    others: Others = None,
    base: Trained | None = None,
) -> Trained:
    """The model dated `day`: fitted on the days up to its own issue time, known by then.

    `prices` holds the hourly target price. A pool of which it knows too little is fitted on that of
    the node in `others` with most. `base`: see `fit_model`. Raises ValueError below FEWEST rows.
    """
    known = training_set(history, prices, config, day, others)
    return fit_model(known, config, curves, base)


def fit_model(
    training: TrainingSet,
    config: TrainSettings,
    curves: Calibration | None = None,
    base: Trained | None = None,
) -> Trained:
    """The model fitted on these rows, by the members of `config`, and its calibration `curves`.

    With `base`, an older model of the pool: its gate trees, and the remaining ones on the latest of
    these rows; lines stay as they are, networks are fitted anew.
    """
    day, since, until, pool, design, rows, lent = training
    held_from = until - timedelta(days=_window(rows, config))
    if base:  # it has seen what it did not hold out
        held_from = max(held_from, datetime.fromisoformat(base.card["held_out_from"]))
    members = _members(rows, config, day, held_from, base)
    before = base.card["inputs_sha256"] if base else ""
    card = Card(
        date=day.isoformat(),
        pool=pool,
        trained_from=since.isoformat(),
        trained_until=until.isoformat(),
        held_out_from=held_from.isoformat(),
        rows=len(rows.x),
        unknown=rows.unknown / (rows.unknown + len(rows.x)),
        base=base.card["date"] if base else "",
        lent=lent,
        failed="",
        features=design,
        members=[card for _, card in members],
        calibration=curves or {},
        packages=package_versions(),
        inputs_sha256=sha256([before.encode(), rows.x, *rows.labels, rows.age]),
    )
    return Trained([of for of, _ in members], card)


def held_out(hour: Ints, since: int, every: int) -> Flags:
    """Target hours (since 1970), a day in `every` from `since` (us) on, that no gate tree sees.

    Whatever the model, the same days: those that it holds out its predecessor has not seen either.
    """
    return (hour * US_PER_HOUR >= since) & (held_day(hour) % every == 0)


def held_day(hour: Ints) -> Ints:
    """Number of the day of target hours, cut where prices are calm: no spike on both sides."""
    return (hour - CALM) // 24


def _window(rows: Samples, config: TrainSettings) -> int:
    """Latest days of which some are held out: a market new to us has few, most must train."""
    gate = config["gate"]
    most = min(*history_days(config), rows.age.max()) * MOST_HELD_OUT
    return min(held_out_span(gate), round(most) * gate["every"])


def _members(
    rows: Samples, config: TrainSettings, day: date, held_from: datetime, base: Trained | None
) -> list[tuple[Fitted, MemberCard]]:
    not_held_out = ~held_out(rows.hour, to_us(held_from), config["gate"]["every"])
    fitted = partial(_member, rows, config, day=day, not_held_out=not_held_out)
    if base is None:
        return [fitted(member, base=None) for member in config["members"]]
    older = zip(config["members"], base.members, base.card["members"], strict=True)
    return [
        (of, card) if card["model"]["estimator"] in KEPT else fitted(member, base=of)
        for member, of, card in older
    ]


def _member(
    rows: Samples,
    config: TrainSettings,
    member: Member,
    day: date,
    not_held_out: Flags,
    base: Fitted | None,
) -> tuple[Fitted, MemberCard]:
    """One member, by its own settings where it has some, fitted on its own span; or its update."""
    model = cast("Model", {k: member.get(k, v) for k, v in config["model"].items()})
    base = base if model["estimator"] in UPDATED else None
    if full := ESTIMATORS[model["estimator"]].full_days:
        model["weight"] *= min(1.0, len(np.unique(rows.age.round())) / full) ** 3
    own = member.get("history_days", config["history_days"])
    days = config["refit"]["update_days"] if base else own
    # models that are averaged are fitted on different rows
    seed = member.get("seed", config["seed"]) + day.toordinal()
    inside = rows.age < days + 0.5  # a clock change makes a day an hour longer
    sampled = np.flatnonzero(inside & _sampled(rows.age, seed))
    share, rounds = config["gate"]["tree_share"], model["rounds"]
    kept = round(share * rounds) if base else 0
    trees = 0 if not_held_out.all() else kept + round(share * (rounds - kept))
    each = np.arange(len(rows.x))
    t = TrainingRows(rows.x, each, rows.labels, rows.age, not_held_out, block_ids(rows)).at(sampled)
    of = update_hazard(base, kept, t, model, seed, trees) if base else fit(t, model, seed, trees)
    return of, MemberCard(
        model=model, history_days=own, seed=seed, rows=len(t.row), gate_trees=trees, state=of.state
    )


def block_ids(rows: Samples) -> Ints:
    """Successive for the rows of an hour, issued on successive dates, and for an issue date's
    hours: a block holds each hour once, at some lead, and hours of every issue date."""
    return rows.hour + np.round(rows.age).astype(np.int64)


def _sampled(age: Floats, seed: int) -> Flags:
    """The rows of weeks that a model with this seed is fitted on."""
    week = ((age - ALWAYS) // 7).astype(np.intp)
    sampled = np.random.default_rng(seed).random(max(week.max(initial=0), 0) + 1) >= LEFT_OUT
    return (age < ALWAYS) | sampled[np.maximum(week, 0)]
