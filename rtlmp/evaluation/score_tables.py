"""Finished forecasts -> tables: scores by hour and month, decisions, significance, reliability."""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats, Ints
from rtlmp.evaluation import scores, verification
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import Sample, Stratum, model_strata, sample_scores, score_rows
from rtlmp.evaluation.tables import Decisions, MetricsBy, Reliability, Significance
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Metric

LOSSES: Final[dict[Metric, Callable[[Floats, Floats], Floats]]] = {
    Metric.BRIER: lambda y, p: (p - y) ** 2,
    Metric.LOG_LOSS: log_loss,
}
CURVE_KEY: Final = (Metrics.model, Metrics.location, Metrics.threshold)
POOLED: Final = 0.0  # threshold of a score over all thresholds


def metrics_by(scored: Iterable[Pairs], tz: str, seed: int) -> DataFrame[MetricsBy]:
    """Scores within each local hour and month, all lead days together."""
    rows = [
        row
        for of in scored
        for by, part in _local(of, tz).items()
        for one in np.unique(part)
        for key, sample in model_strata(of.at(part == one), leads=[0])
        for row in score_rows(
            {**key, MetricsBy.by: by, MetricsBy.part: int(one)}, sample_scores(sample, seed)
        )
    ]
    return MetricsBy.validate(pd.DataFrame(rows))


def all_metrics(scored: Iterable[Pairs], seed: int, scope: scores.Scope) -> DataFrame[Metrics]:
    """Those of `score_table`, then the CORP terms of the Brier score, then the twCRPS over all
    thresholds; each threshold read once."""
    rows, terms, briers = list[Stratum](), list[Stratum](), list[verification.Briers]()
    for of in scored:
        briers.append(verification.briers_of(of, scope))
        for key, sample in model_strata(of, scope):
            rows += score_rows(key, sample_scores(sample, seed))
            parts = verification.decomposition(sample.y, sample.p).items()
            terms += score_rows(key, {name: (value, np.nan, np.nan) for name, value in parts})
    for model, place, score in verification.twcrps(briers, seed):
        pooled: Stratum = {Metrics.model: model, Metrics.location: place}
        pooled |= {Metrics.threshold: POOLED, Metrics.lead_day: 0}
        terms += score_rows(pooled, {Metric.TWCRPS: score})
    return table_of(Metrics, [*rows, *terms])


def decisions(scored: Iterable[Pairs], cost_loss: list[float]) -> DataFrame[Decisions]:
    """Confusion, precision, recall, F1 and economic value at each cut-off."""
    rows = [
        {**key, Decisions.cost_loss: ratio, Decisions.metric: metric, Decisions.value: value}
        for of in scored
        for key, sample in model_strata(of)
        for ratio in cost_loss
        for metric, value in verification.decision_scores(sample.y, sample.p, ratio).items()
    ]
    return Decisions.validate(pd.DataFrame(rows))


def significance(scored: Iterable[Pairs]) -> DataFrame[Significance]:
    """Diebold-Mariano of every two models in every stratum."""
    rows = [
        {**stratum, Significance.model: a, Significance.versus: b, Significance.loss: loss,
         **_tested(samples[a], samples[b], loss)}
        for of in scored
        for stratum, samples in scores.strata(of)
        for a, b in combinations(samples, 2)
        for loss in LOSSES
    ]  # fmt: skip
    return Significance.validate(pd.DataFrame(rows))


def reliability_table(scored: Iterable[Pairs], seed: int) -> DataFrame[Reliability]:
    """CORP curves of every model and threshold, nodes and lead days together."""
    parts = [
        pd.DataFrame(curve._asdict() | {k: key[k] for k in CURVE_KEY})
        for of in scored
        for key, sample in model_strata(of, "pooled", [0])
        for curve in [verification.corp_curve(sample.y, sample.p, seed)]
    ]
    return Reliability.validate(pd.concat(parts, ignore_index=True))


def _local(of: Pairs, tz: str) -> dict[str, Ints]:
    """Local hour and month of each row, as numbers."""
    local = pd.DatetimeIndex(of.valid).tz_localize("UTC").tz_convert(tz)
    hour, month = local.hour, 100 * local.year + local.month
    return {"hour": hour.to_numpy(np.int64), "month": month.to_numpy(np.int64)}


def _tested(a: Sample, b: Sample, loss: Metric) -> dict[str, float]:
    losses = (daily_means(s.day, LOSSES[loss](s.y, s.p)) for s in (a, b))
    return diebold_mariano(*losses)._asdict()
