"""Rolling-origin cross-validation: a model an origin, scored on the issue dates up to the next."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.config import Config
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scores import score_table
from rtlmp.forecast.forecast import long_table, model_probability
from rtlmp.model_selection.folds import Fold
from rtlmp.models.store import Card
from rtlmp.models.training import fit_model
from rtlmp.schemas.core import UTC_DTYPE, Scored
from rtlmp.schemas.names import Forecaster
from rtlmp.schemas.selection import FoldMetrics, Folds


class FoldForecast(NamedTuple):
    """A fold and P(highest price > threshold) by its own model: (rows, thresholds)."""

    fold: Fold
    p: Floats
    card: Card


def refit(folds: Sequence[Fold], config: Config) -> list[FoldForecast]:
    """A model a fold, one at a time, and its forecast of the fold's horizon."""
    return [
        FoldForecast(fold, model_probability(model, fold.x, config["thresholds"]), model.card)
        for fold in folds
        for model in [fit_model(fold.training, config)]
    ]


def forecast_rows(forecasts: Sequence[FoldForecast], config: Config) -> DataFrame[Scored]:
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
