"""The search for parameters: Optuna's TPE, on folds that end before the test window begins.

The score of a set is its log loss over climatology's, the mean over thresholds. The best set is
kept only if the choice itself pays: each fold is scored by the set that is best on the others, and
that must beat the config's own set beyond noise, by blocks of issue days. Else nothing changes.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, cast

import numpy as np
import optuna
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.config.jobs import TuneSettings
from rtlmp.evaluation.bootstrap import format_interval
from rtlmp.evaluation.scores import ALL
from rtlmp.model_selection.cross_validation import refitted
from rtlmp.model_selection.folds import Fold
from rtlmp.model_selection.paired_loss import (
    climatology_loss,
    daily_loss,
    fold_days,
    relative_loss,
    resampled,
    spread,
)
from rtlmp.model_selection.recalibration import accepted_calibration, recalibration_skill
from rtlmp.model_selection.windows import labels_known
from rtlmp.models.calibration import Calibration
from rtlmp.models.parameters import Found, Values, replaced
from rtlmp.schemas.selection import Trials

FIRST: Final = 5  # trials drawn at random before TPE has something to learn from
FEWEST: Final = 2  # origins: one is scored by what is best on the others


class Trial(NamedTuple):
    parameters: Values
    each: list[Floats]  # probabilities of each fold
    loss: Floats  # (thresholds, days)


def tune_model(folds: Sequence[Fold], config: TuneSettings) -> tuple[DataFrame[Trials], Found]:
    """Every trial, and the parameters to go on with. Raises ValueError for a single fold."""
    of, usual = fold_days(folds), climatology_loss(folds)
    if len(of) < FEWEST:
        raise ValueError(f"tune: origins {[*of]}: to test a choice takes {FEWEST} or more")
    trials = _searched(folds, usual, config)
    scores = [float(relative_loss(t.loss.sum(axis=1), usual.sum(axis=1))) for t in trials]
    best = int(np.argmin(scores))
    gain = _gain(trials, usual, of, config["seed"])
    pays = best > 0 and gain[1] > 0
    serves = trials[best if pays else 0]
    found = Found(
        parameters=serves.parameters,
        calibration=_calibration(folds, serves, config),
        kept=pays,
        why=_why(best, gain),
        best=trials[best].parameters,
        score=scores[best],
        default_score=scores[0],
        gain=gain,
        start=config["tune"]["start"].isoformat(),
        end=config["tune"]["end"].isoformat(),
        labelled=labels_known(config, config["tune"]).isoformat(),
        origins=[*of],
        trials=len(trials) - 1,
        seed=config["seed"],
    )
    return _table(trials, usual, {ALL: np.ones(usual.shape[1], bool), **of}), found


def _searched(folds: Sequence[Fold], usual: Floats, config: TuneSettings) -> list[Trial]:
    """The config's own parameters, then those that Optuna asks for."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=config["seed"], n_startup_trials=FIRST)
    study = optuna.create_study(sampler=sampler)
    own = cast("Mapping[str, float]", config["model"])
    trials = [_trial(folds, config, {key: own[key] for key in config["tune"]["space"]})]
    for _ in range(config["tune"]["trials"]):
        asked = study.ask()
        trials.append(_trial(folds, config, _suggested(asked, config)))
        study.tell(asked, float(relative_loss(trials[-1].loss.sum(axis=1), usual.sum(axis=1))))
    return trials


def _suggested(trial: optuna.Trial, config: TuneSettings) -> Values:
    """A value of each parameter of the space; whole where the config's is."""
    own = cast("Mapping[str, float]", config["model"])
    space = cast("Mapping[str, Sequence[float]]", config["tune"]["space"])
    return {
        key: trial.suggest_int(key, int(low), int(high), log=bool(log))
        if isinstance(own[key], int)
        else trial.suggest_float(key, low, high, log=bool(log))
        for key, (low, high, *log) in space.items()
    }


def _trial(folds: Sequence[Fold], config: TuneSettings, parameters: Values) -> Trial:
    each = refitted(folds, replaced(config, parameters))
    return Trial(parameters, each, daily_loss(folds, each))


def _gain(
    trials: Sequence[Trial], usual: Floats, of: Mapping[str, Flags], seed: int
) -> list[float]:
    """By how much the config's parameters score worse than the best of the other folds: mean,
    5 % and 95 %."""
    own, chosen = trials[0].loss, trials[0].loss.copy()
    for days in of.values():
        other = usual[:, ~days].sum(axis=1)
        scores = [float(relative_loss(t.loss[:, ~days].sum(axis=1), other)) for t in trials]
        chosen[:, days] = trials[int(np.argmin(scores))].loss[:, days]
    mean = relative_loss((own - chosen).sum(axis=1), usual.sum(axis=1))
    each = relative_loss(resampled(own - chosen, seed), resampled(usual, seed))
    return [float(mean), *spread(each)]


def _calibration(folds: Sequence[Fold], of: Trial, config: TuneSettings) -> Calibration:
    return accepted_calibration(recalibration_skill(folds, of.each, config), folds, of.each, config)


def _why(best: int, gain: Sequence[float]) -> str:
    if not best:
        return "no trial scores better than the config's own parameters"
    mean, low, high = gain
    by = f"{format_interval(mean, low, high, '.4f')} of climatology's log loss"
    if low > 0:
        return f"better beyond noise on folds that did not choose: {by}"
    return f"not better beyond noise on folds that did not choose: {by}; the config's own stay"


def _table(trials: Sequence[Trial], usual: Floats, of: Mapping[str, Flags]) -> DataFrame[Trials]:
    rows = [
        {
            Trials.trial: k,
            Trials.origin: origin,
            Trials.score: float(
                relative_loss(t.loss[:, days].sum(axis=1), usual[:, days].sum(axis=1))
            ),
            Trials.parameters: json.dumps(t.parameters),
        }
        for k, t in enumerate(trials)
        for origin, days in of.items()
    ]
    return Trials.validate(pd.DataFrame(rows))
