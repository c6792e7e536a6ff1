"""Scores of a backtest, each with a block-bootstrap interval over issue days.

Log loss takes probabilities no nearer to 0 and 1 than losses.CLIP. Skill is 1 - score / score of
climatology on the same rows. Intervals are the 5 % and 95 % points of BLOCK-day blocks resampled
with replacement; those of the rank scores use BINS classes of probability.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame
from sklearn.metrics import average_precision_score, roc_auc_score

from rtlmp.asof.vintages import Flags, Floats
from rtlmp.evaluation.losses import bootstrap_weights, interval, log_loss
from rtlmp.evaluation.pairs import Pairs
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster, Metric

ALL: Final = "ALL"
BINS: Final = 100
EVERY: Final = slice(None)
Stratum: TypeAlias = dict[str, str | float]  # its columns in a table
Score: TypeAlias = tuple[float, float, float]  # value, low and high
Scope: TypeAlias = Literal["pooled", "each", "both"]  # all nodes together, each, or both


class Sample(NamedTuple):
    """Aligned rows (rows,) of one stratum: issue day index, outcome, probability, reference's."""

    day: npt.NDArray[np.intp]
    y: Floats
    p: Floats
    reference: Floats


def score_table(scored: Iterable[Pairs], seed: int, scope: Scope = "both") -> DataFrame[Metrics]:
    """Every score by model, node, threshold and lead day, and pooled over nodes and leads."""
    rows = [
        row
        for of in scored
        for key, sample in model_strata(of, scope)
        for row in score_rows(key, sample_scores(sample, seed))
    ]
    return table_of(Metrics, rows)  # none where a pool had no spike


def score_rows(stratum: Stratum, scores: Mapping[Metric, Score]) -> Iterator[Stratum]:
    """A row a metric."""
    columns = (Metrics.metric, Metrics.value, Metrics.low, Metrics.high)
    for metric, score in scores.items():
        yield {**stratum, **dict(zip(columns, (metric, *score), strict=True))}


def rows_where(table: pd.DataFrame, equal: Mapping[str, object]) -> pd.DataFrame:
    """Those whose columns hold these values."""
    chosen: Flags = np.logical_and.reduce([table[name] == value for name, value in equal.items()])
    return table[chosen]


def strata(
    of: Pairs, scope: Scope = "both", leads: Sequence[int] = ()
) -> Iterator[tuple[Stratum, dict[str, Sample]]]:
    """Each stratum that has both outcomes to tell apart, and its rows by model.

    Of every lead day and 0, all of them, unless `leads` names some.
    """
    y, day = of.spiked, np.unique(of.issued, return_inverse=True)[1]
    reference = of.of(Forecaster.CLIMATOLOGY)
    for place, lead_day, rows in _slices(of, scope, leads):
        if 0 < y[rows].sum() < len(y[rows]):
            stratum: Stratum = {
                Metrics.location: place,
                Metrics.threshold: of.threshold,
                Metrics.lead_day: lead_day,
            }
            same = Sample(day[rows], y[rows], y[rows], reference[rows])
            models = zip(of.models, of.p, strict=True)
            yield stratum, {model: same._replace(p=p[rows]) for model, p in models}


def model_strata(
    of: Pairs, scope: Scope = "both", leads: Sequence[int] = ()
) -> Iterator[tuple[Stratum, Sample]]:
    """The same, a model at a time."""
    for stratum, samples in strata(of, scope, leads):
        for model, sample in samples.items():
            yield {Metrics.model: model, **stratum}, sample


def pooled_samples(of: Pairs) -> dict[str, Sample]:
    """By model, all nodes and lead days; nothing where all or none of the hours spiked."""
    return next((samples for _, samples in strata(of, "pooled", [0])), {})


def sample_scores(sample: Sample, seed: int) -> dict[Metric, Score]:
    """Value, low and high of each metric of one stratum."""
    daily = _daily(sample)
    weights = bootstrap_weights(int(sample.day.max()) + 1, seed)
    means, resampled = _averages(daily.sum(axis=1)), _averages(daily @ weights.T)
    ranks = _rank_scores(sample, weights)
    exact = {
        Metric.AUC: float(roc_auc_score(sample.y, sample.p)),
        Metric.AVERAGE_PRECISION: float(average_precision_score(sample.y, sample.p)),
    }
    return {
        **{name: (float(means[name]), *interval(resampled[name])) for name in means},
        **{name: (exact[name], *interval(ranks[name])) for name in exact},
    }


def places_of(of: Pairs, scope: Scope) -> list[str]:
    return {"pooled": [ALL], "each": of.places, "both": [ALL, *of.places]}[scope]


def _slices(
    of: Pairs, scope: Scope, leads: Sequence[int]
) -> Iterator[tuple[str, int, "slice | npt.NDArray[np.intp]"]]:
    every = np.arange(len(of.place))
    for place in places_of(of, scope):
        here = np.flatnonzero(of.place == of.places.index(place)) if place != ALL else EVERY
        lead = of.lead_day[here]
        for lead_day in leads or (0, *np.unique(lead).tolist()):
            yield place, lead_day, every[here][lead == lead_day] if lead_day else here


def _daily(s: Sample) -> Floats:
    """Sums by issue day that every mean score is made of: (sums, days)."""
    columns = [
        np.ones_like(s.y),
        s.y,
        s.p,
        (s.p - s.y) ** 2,
        (s.reference - s.y) ** 2,
        log_loss(s.y, s.p),
        log_loss(s.y, s.reference),
    ]
    return np.stack([np.bincount(s.day, c) for c in columns])


def _averages(sums: Floats) -> dict[Metric, Floats]:
    rows, y, p, brier, brier_reference, log, log_reference = sums
    return {
        Metric.ROWS: rows,
        Metric.BASE_RATE: y / rows,
        Metric.MEAN_PROBABILITY: p / rows,
        Metric.BRIER: brier / rows,
        Metric.BRIER_SKILL: 1 - brier / brier_reference,
        Metric.LOG_LOSS: log / rows,
        Metric.LOG_LOSS_SKILL: 1 - log / log_reference,
    }


def _rank_scores(s: Sample, weights: Floats) -> dict[Metric, Floats]:
    """AUC and average precision of each resample, from counts in classes of probability."""
    edges = np.unique(np.quantile(s.p, np.linspace(0, 1, BINS + 1)[1:-1]))
    group = s.day * (len(edges) + 1) + np.searchsorted(edges, s.p, side="right")
    shape = (weights.shape[1], len(edges) + 1)
    hit, miss = (
        weights @ np.bincount(group, w, minlength=shape[0] * shape[1]).reshape(shape)
        for w in (s.y, 1 - s.y)
    )
    above_hit, above_miss = (np.cumsum(c[:, ::-1], axis=1)[:, ::-1] for c in (hit, miss))
    all_hit, all_miss = above_hit[:, :1], above_miss[:, :1]
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample without spikes has no rank
        below = all_miss - above_miss
        auc = (hit * (below + miss / 2)).sum(axis=1) / (all_hit * all_miss)[:, 0]
        precision = above_hit / np.maximum(above_hit + above_miss, 1)
        average = (precision * hit / all_hit).sum(axis=1)
    return {Metric.AUC: auc, Metric.AVERAGE_PRECISION: average}
