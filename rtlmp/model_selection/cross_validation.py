"""Rolling-origin cross-validation: a model an origin, scored on the issue dates up to the next.

Losses by issue day are paired: the bootstrap resamples the same blocks of days of each forecast.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import long_table
from rtlmp.asof.vintages import Floats
from rtlmp.config.jobs import FoldSettings
from rtlmp.evaluation.losses import bootstrap_weights, interval, log_loss
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scores import score_table
from rtlmp.forecast.forecast import model_probability
from rtlmp.model_selection.folds import Fold, issue_times
from rtlmp.model_selection.tables import FoldMetrics, Folds
from rtlmp.models.store import Card
from rtlmp.models.training import fit_model
from rtlmp.schemas.core import UTC_DTYPE, Scored
from rtlmp.schemas.names import Forecaster


class FoldForecast(NamedTuple):
    """A fold and P(highest price > threshold) by its own model: (rows, thresholds)."""

    fold: Fold
    p: Floats
    card: Card

    @property
    def climatology(self) -> "FoldForecast":
        """The forecast of the same rows that a skill is of."""
        return self._replace(p=self.fold.climatology)


def refit(folds: Sequence[Fold], config: FoldSettings) -> list[FoldForecast]:
    """A model a fold, one at a time, and its forecast of the fold's horizon."""
    return [
        FoldForecast(fold, model_probability(model, fold.x, config["thresholds"]), model.card)
        for fold in folds
        for model in [fit_model(fold.training, config)]
    ]


def forecast_rows(forecasts: Sequence[FoldForecast], config: FoldSettings) -> DataFrame[Scored]:
    """A row each, climatology's too, with the price and the fold's origin."""
    xs = config["thresholds"]
    parts = [
        long_table(fold.horizon, xs, {Scored.probability: p}, card["date"]).assign(
            **{Scored.model: name, FoldMetrics.origin: fold.window.origin.isoformat()}
        )
        for fold, own, card in forecasts
        for name, p in ((Forecaster.MODEL, own), (Forecaster.CLIMATOLOGY, fold.climatology))
    ]
    return Scored.validate(pd.concat(parts, ignore_index=True))


def fold_metrics(forecasts: pd.DataFrame, seed: int) -> DataFrame[FoldMetrics]:
    """Every score of each origin, its pools together."""
    parts = [
        score_table(pairs(Scored.validate(rows)), seed).assign(**{FoldMetrics.origin: origin})
        for origin, rows in forecasts.groupby(FoldMetrics.origin)
    ]
    return FoldMetrics.validate(pd.concat(parts, ignore_index=True))


def folds_table(forecasts: Sequence[FoldForecast]) -> DataFrame[Folds]:
    """What each fold was fitted on and scored on."""
    rows = [
        {
            Folds.origin: fold.window.origin.isoformat(),
            Folds.last: fold.window.last.isoformat(),
            Folds.pool: fold.pool,
            Folds.model_date: card["date"],
            Folds.trained_from: fold.training.since,
            Folds.trained_until: fold.training.until,
            Folds.rows_learnt: card["rows"],
            Folds.rows_scored: int((~np.isnan(fold.spiked)).any(axis=1).sum()),
            Folds.seeds: " ".join(str(m["seed"]) for m in card["members"]),
        }
        for fold, _, card in forecasts
    ]
    times = dict.fromkeys((Folds.trained_from, Folds.trained_until), UTC_DTYPE)
    return Folds.validate(pd.DataFrame(rows).astype(times))


def daily_loss(forecasts: Sequence[FoldForecast], lead_day: int = 0) -> Floats:
    """Log loss of each threshold and issue day, summed over the labels known of one lead day
    (0: all): (thresholds, days)."""
    spiked = np.concatenate([f.fold.spiked for f in forecasts])
    lead = np.concatenate([f.fold.horizon[Scored.lead_day] for f in forecasts])
    counted = ~np.isnan(spiked) & ((lead == lead_day) | (lead_day == 0))[:, None]
    loss = np.where(counted, log_loss(spiked, np.concatenate([f.p for f in forecasts])), 0.0)
    day = np.unique(issue_times(f.fold for f in forecasts), return_inverse=True)[1]
    return np.stack([np.bincount(day, of) for of in loss.T])


def estimate(
    statistic: Callable[[Floats, Floats], Floats], seed: int, loss: Floats, base: Floats
) -> tuple[Floats, Floats, Floats]:
    """`statistic` of the sums over days of both, (thresholds,), and 5 % and 95 % of it over
    resampled days: of sums (thresholds, draws)."""
    weights = bootstrap_weights(loss.shape[1], seed).T
    bounds = np.apply_along_axis(interval, -1, statistic(loss @ weights, base @ weights))
    return statistic(loss.sum(axis=1), base.sum(axis=1)), bounds[..., 0], bounds[..., 1]
