"""Finished forecasts -> tables: scores by hour and month, decisions, significance, reliability."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats, Ints
from rtlmp.evaluation.crps import Briers, briers_of, twcrps
from rtlmp.evaluation.decisions import decision_scores
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.reliability import decomposition, pairs, reliability
from rtlmp.evaluation.scores import (
    Sample,
    Scope,
    Stratum,
    metrics_table,
    sample_scores,
    score_table,
    strata,
)
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.evaluation import Decisions, MetricsBy, Reliability, Significance

LOSSES: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "brier": lambda y, p: (p - y) ** 2,
    "log_loss": log_loss,
}
SCORE_KEY: Final = (Metrics.model, Metrics.location, Metrics.threshold)
POOLED: Final = 0.0  # threshold of a score over all thresholds


def metrics_by(scored: Iterable[Pairs], tz: str, seed: int) -> DataFrame[MetricsBy]:
    """Scores within each local hour and month, all lead days together."""
    rows = [
        {**cell, MetricsBy.by: by, MetricsBy.part: int(part), **named}
        for of in scored
        for by, parts in _local(of, tz).items()
        for part in np.unique(parts)
        for cell, sample in strata(of.at(parts == part), leads=[0])
        for named in _named(sample_scores(sample, seed))
    ]
    return MetricsBy.validate(pd.DataFrame(rows))


def all_metrics(scored: Iterable[Pairs], seed: int, scope: Scope) -> DataFrame[Metrics]:
    """Those of `score_table` and of `extra_metrics`, each threshold read once."""
    plain: list[DataFrame[Metrics]] = []

    def seen() -> Iterator[Pairs]:
        for of in scored:
            plain.append(score_table([of], seed, scope))
            yield of

    extra = extra_metrics(seen(), seed, scope)
    return Metrics.validate(pd.concat([*plain, extra], ignore_index=True))


def extra_metrics(scored: Iterable[Pairs], seed: int, scope: Scope = "both") -> DataFrame[Metrics]:
    """Parts of the Brier score, a cell each, and the twCRPS (threshold 0 pools thresholds)."""
    parts: list[Stratum] = []
    briers = list[Briers]()
    for of in scored:
        briers.append(briers_of(of, scope))
        for cell, sample in strata(of, scope):
            exact = _exact(decomposition(sample.y, sample.p)._asdict())
            parts += [{**cell, **named} for named in _named(exact)]
    return metrics_table([*parts, *_pooled(briers, seed)])


def decisions(scored: Iterable[Pairs], cost_loss: list[float]) -> DataFrame[Decisions]:
    """Confusion, precision, recall, F1 and economic value at each cut-off."""
    rows = [
        {**cell, Decisions.cost_loss: ratio, Decisions.metric: name, Decisions.value: value}
        for of in scored
        for cell, sample in strata(of)
        for ratio in cost_loss
        for name, value in decision_scores(sample.y, sample.p, ratio).items()
    ]
    return Decisions.validate(pd.DataFrame(rows))


def significance(scored: Iterable[Pairs]) -> DataFrame[Significance]:
    """Diebold-Mariano of every pair of models in every cell."""
    rows = [
        {
            **{k: v for k, v in cell.items() if k != Metrics.model},
            Significance.model: a,
            Significance.versus: b,
            Significance.loss: loss,
            **_tested(samples[a], samples[b], loss),
        }
        for of in scored
        for cell, samples in _by_cell(of)
        for a, b in pairs(list(samples))
        for loss in LOSSES
    ]
    return Significance.validate(pd.DataFrame(rows))


def reliability_table(scored: Iterable[Pairs], seed: int) -> DataFrame[Reliability]:
    """CORP curves of every model and threshold, nodes and lead days together."""
    parts = []
    for of in scored:
        for cell, s in strata(of, "pooled", [0]):
            curve = pd.DataFrame(reliability(s.y, s.p, seed)._asdict())
            parts.append(curve.assign(**{k: cell[k] for k in SCORE_KEY}))
    return Reliability.validate(pd.concat(parts, ignore_index=True))


def _local(of: Pairs, tz: str) -> dict[str, Ints]:
    """Local hour and month of each row, as numbers."""
    local = pd.DatetimeIndex(of.valid).tz_localize("UTC").tz_convert(tz)
    hour, month = local.hour, 100 * local.year + local.month
    return {"hour": hour.to_numpy(np.int64), "month": month.to_numpy(np.int64)}


def _exact(of: dict[str, float]) -> dict[str, tuple[float, float, float]]:
    return {name: (value, np.nan, np.nan) for name, value in of.items()}


def _named(of: dict[str, tuple[float, float, float]]) -> Iterator[dict[str, str | float]]:
    for name, (value, low, high) in of.items():
        yield {Metrics.metric: name, Metrics.value: value, Metrics.low: low, Metrics.high: high}


def _by_cell(of: Pairs) -> Iterator[tuple[Stratum, dict[str, Sample]]]:
    """Samples of all models of a cell."""
    for _, group in groupby(
        strata(of), lambda one: (one[0][Metrics.location], one[0][Metrics.lead_day])
    ):
        each = list(group)
        yield each[0][0], {str(cell[Metrics.model]): sample for cell, sample in each}


def _tested(a: Sample, b: Sample, loss: str) -> dict[str, float | int]:
    of = LOSSES[loss]
    losses = (daily_means(s.day, of(s.y, s.p)) for s in (a, b))
    mean, statistic, p_value, days = diebold_mariano(*losses)
    return {
        Significance.difference: mean,
        Significance.statistic: statistic,
        Significance.p_value: p_value,
        Significance.days: days,
    }


def _pooled(briers: Sequence[Briers], seed: int) -> Iterator[Stratum]:
    for model, place, value in twcrps(briers, seed):
        cell: Stratum = {Metrics.model: model, Metrics.location: place, Metrics.threshold: POOLED}
        for named in _named({"twcrps": value}):
            yield {**cell, Metrics.lead_day: 0, **named}
