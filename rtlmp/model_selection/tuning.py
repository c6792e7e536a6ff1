"""The search for parameters: Optuna's TPE, on folds that end before the test window begins.

The score of a set is its log loss over climatology's, the mean over thresholds. The best set is
accepted only if the choice itself pays: each fold is scored by the set that is best on the others,
and that must beat the config's own set beyond noise, by blocks of issue days. Else nothing changes.
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
from rtlmp.config.model import Parameters, parameters_of, replaced
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import ALL
from rtlmp.model_selection.cross_validation import FoldForecast, daily_loss, estimate, refit
from rtlmp.model_selection.folds import Fold, fold_days
from rtlmp.model_selection.recalibration import accepted_calibration, recalibration_skill
from rtlmp.model_selection.tables import Trials
from rtlmp.model_selection.windows import labels_known
from rtlmp.models.parameters import Tuned

FIRST: Final = 5  # trials at random before TPE has something to go by
FEWEST: Final = 2  # origins: one is scored by what is best on the others


class Trial(NamedTuple):
    """A set of parameters and how it did."""

    parameters: Parameters
    forecasts: list[FoldForecast]
    loss: Floats  # (thresholds, days)
    score: float


class Found(Tuned):
    """What a search came to; a score is log loss / climatology's, lower is better."""

    accepted: bool  # the best found; else the parameters are those of the config
    why: str
    best: Parameters
    score: float  # of the best, on the folds that it was chosen on
    default_score: float
    gain: list[float]  # mean, 5 % and 95 %, over folds each scored by the best of the others
    start: str  # issue dates scored
    end: str
    labelled: str  # date from which on nothing has been looked at
    origins: list[str]
    trials: int
    seed: int  # of the search; a model's is this plus the ordinal of its date


def tune_model(folds: Sequence[Fold], config: TuneSettings) -> tuple[DataFrame[Trials], Found]:
    """Every trial, and the parameters to go on with. Raises ValueError for a single fold."""
    days, window = fold_days(folds), config["tune"]
    if len(days) < FEWEST:
        raise ValueError(f"tune: origins {[*days]}: to test a choice takes {FEWEST} or more")
    trials = _trials(folds, config)
    reference = daily_loss([f.climatology for f in trials[0].forecasts])
    best = int(np.argmin([t.score for t in trials]))
    gain = _gain([t.loss for t in trials], reference, days, config["seed"])
    accepted = best > 0 and gain[1] > 0
    serves = trials[best if accepted else 0]
    skill = recalibration_skill(serves.forecasts, config)
    found = Found(
        parameters=serves.parameters,
        calibration=accepted_calibration(skill, serves.forecasts, config),
        accepted=accepted,
        why=_why(best, gain),
        best=trials[best].parameters,
        score=trials[best].score,
        default_score=trials[0].score,
        gain=[*gain],
        start=window["start"].isoformat(),
        end=window["end"].isoformat(),
        labelled=labels_known(config, window).isoformat(),
        origins=[*days],
        trials=len(trials) - 1,
        seed=config["seed"],
    )
    return _trials_table(trials, reference, days), found


def _trials(folds: Sequence[Fold], config: TuneSettings) -> list[Trial]:
    """The config's own parameters, then those that Optuna asks for."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=config["seed"], n_startup_trials=FIRST)
    study = optuna.create_study(sampler=sampler)
    own = cast("Parameters", parameters_of(config))
    trials = [_trial(folds, config, {key: own[key] for key in config["tune"]["space"]})]
    for _ in range(config["tune"]["trials"]):
        proposed = study.ask()
        trials.append(_trial(folds, config, _suggested(proposed, config)))
        study.tell(proposed, trials[-1].score)
    return trials


def _trial(folds: Sequence[Fold], config: TuneSettings, parameters: Parameters) -> Trial:
    forecasts = refit(folds, replaced(config, parameters))
    loss = daily_loss(forecasts)
    reference = daily_loss([f.climatology for f in forecasts])
    return Trial(parameters, forecasts, loss, _score(loss, reference))


def _suggested(trial: optuna.Trial, config: TuneSettings) -> Parameters:
    """A value of each parameter of the space; whole where the config's is."""
    own = parameters_of(config)
    return {
        key: trial.suggest_int(key, int(low), int(high), log=bool(log))
        if isinstance(own[key], int)
        else trial.suggest_float(key, low, high, log=bool(log))
        for key, (low, high, *log) in config["tune"]["space"].items()
    }


def _relative(loss: Floats, reference: Floats) -> Floats:
    """The mean over thresholds of sums over days: (), or (draws,)."""
    return np.asarray((loss / reference).mean(axis=0))


def _score(loss: Floats, reference: Floats, days: Flags | slice = slice(None)) -> float:
    return float(_relative(loss[:, days].sum(axis=1), reference[:, days].sum(axis=1)))


def _gain(
    losses: Sequence[Floats], reference: Floats, days: Mapping[str, Flags], seed: int
) -> tuple[float, float, float]:
    """By how much the config's parameters score worse than the best of the other folds: mean,
    5 % and 95 %."""
    own, chosen = losses[0], losses[0].copy()
    for of in days.values():
        best = int(np.argmin([_score(loss, reference, ~of) for loss in losses]))
        chosen[:, of] = losses[best][:, of]
    mean, low, high = estimate(_relative, seed, own - chosen, reference)
    return float(mean), float(low), float(high)


def _why(best: int, gain: tuple[float, float, float]) -> str:
    if not best:
        return "no trial scores better than the config's own parameters"
    by = f"{format_interval(*gain, '.4f')} of climatology's log loss"
    if gain[1] > 0:
        return f"better beyond noise on folds that did not choose: {by}"
    return f"not better beyond noise on folds that did not choose: {by}; the config's own stay"


def _trials_table(
    trials: Sequence[Trial], reference: Floats, days: Mapping[str, Flags]
) -> DataFrame[Trials]:
    """The score of each on all days and on those of each origin."""
    spans = {ALL: np.ones(reference.shape[1], bool), **days}
    rows = [
        {
            Trials.trial: k,
            Trials.origin: origin,
            Trials.score: _score(trial.loss, reference, of),
            Trials.parameters: json.dumps(trial.parameters),
        }
        for k, trial in enumerate(trials)
        for origin, of in spans.items()
    ]
    return Trials.validate(pd.DataFrame(rows))
