"""Rolling-origin cross-validation: a model an origin, scored on the issue dates up to the next."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.config.jobs import FoldSettings
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scores import score_table
from rtlmp.forecast.forecast import long_table, model_probability
from rtlmp.model_selection.folds import Fold
from rtlmp.models.store import Trained
from rtlmp.models.training import fit_model
from rtlmp.schemas.core import UTC_DTYPE, Scored
from rtlmp.schemas.names import Forecaster
from rtlmp.schemas.selection import FoldMetrics, Folds


def fold_models(folds: Sequence[Fold], config: FoldSettings) -> list[Trained]:
    """The model of each fold."""
    return [fit_model(fold.learnt, config) for fold in folds]


def predicted(
    models: Sequence[Trained], folds: Sequence[Fold], thresholds: list[float]
) -> list[Floats]:
    """P(highest price > threshold) of each fold by its own model: (rows, thresholds) each."""
    return [model_probability(m, fold.x, thresholds) for m, fold in zip(models, folds, strict=True)]


def refitted(folds: Sequence[Fold], config: FoldSettings) -> list[Floats]:
    """The same by models made on the spot."""
    return [
        p for f in folds for p in predicted(fold_models([f], config), [f], config["thresholds"])
    ]


def fold_forecasts(
    folds: Sequence[Fold], each: Sequence[Floats], config: FoldSettings
) -> DataFrame[Scored]:
    """Every forecast of the folds, climatology's too, with what came and the fold's origin."""
    parts = [_scored(fold, p, config) for fold, p in zip(folds, each, strict=True)]
    return Scored.validate(pd.concat(parts, ignore_index=True))


def _scored(fold: Fold, p: Floats, config: FoldSettings) -> pd.DataFrame:
    parts = [
        long_table(
            fold.asks, config["thresholds"], {Scored.probability: each}, fold.span.day.isoformat()
        ).assign(**{Scored.model: name, FoldMetrics.origin: fold.span.origin.isoformat()})
        for name, each in ((Forecaster.MODEL, p), (Forecaster.CLIMATOLOGY, fold.reference))
    ]
    return pd.concat(parts, ignore_index=True)


def fold_metrics(forecasts: pd.DataFrame, seed: int) -> DataFrame[FoldMetrics]:
    """Every score of each origin, its pools together."""
    parts = [
        score_table(pairs(Scored.validate(rows)), seed).assign(**{FoldMetrics.origin: origin})
        for origin, rows in forecasts.groupby(FoldMetrics.origin)
    ]
    return FoldMetrics.validate(pd.concat(parts, ignore_index=True))


def folds_table(folds: Sequence[Fold], models: Sequence[Trained]) -> DataFrame[Folds]:
    """What each fold learnt from and scored."""
    rows = [
        {
            Folds.origin: fold.span.origin.isoformat(),
            Folds.last: fold.span.last.isoformat(),
            Folds.pool: fold.pool,
            Folds.model_date: model.card["date"],
            Folds.trained_from: fold.learnt.since,
            Folds.trained_until: fold.learnt.until,
            Folds.rows_learnt: model.card["rows"],
            Folds.rows_scored: int((~np.isnan(fold.spiked)).any(axis=1).sum()),
            Folds.seeds: " ".join(str(m["seed"]) for m in model.card["members"]),
        }
        for fold, model in zip(folds, models, strict=True)
    ]
    times = dict.fromkeys((Folds.trained_from, Folds.trained_until), UTC_DTYPE)
    return Folds.validate(pd.DataFrame(rows).astype(times))
