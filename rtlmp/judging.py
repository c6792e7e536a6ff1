"""Finished forecasts -> tables: scores by hour and month, decisions, significance, reliability."""

from collections.abc import Callable, Iterator
from typing import Final, cast

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.archive import Floats
from rtlmp.findings import Decisions, MetricsBy, Reliability, Significance
from rtlmp.losses import daily, diebold_mariano, log_loss
from rtlmp.metrics import ALL, Sample, cells, draws, interval, scores
from rtlmp.tables import Metrics, Scored
from rtlmp.verification import (
    decide,
    decomposition,
    pairs,
    reliability,
    threshold_weighted_crps,
)

LOCAL: Final[dict[str, Callable[["pd.Series[pd.Timestamp]"], "pd.Series[int]"]]] = {
    "hour": lambda t: t.dt.hour,
    "month": lambda t: 100 * t.dt.year + t.dt.month,
}
LOSSES: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "brier": lambda y, p: (p - y) ** 2,
    "log_loss": log_loss,
}
JUDGED: Final = (Metrics.model, Metrics.location, Metrics.threshold)
POOLED: Final = 0.0  # threshold of a score over all thresholds


def metrics_by(scored: DataFrame[Scored], tz: str, seed: int) -> DataFrame[MetricsBy]:
    """Scores within each local hour and month, all lead days together."""
    local = scored[Scored.valid_time].dt.tz_convert(tz)
    rows = [
        {**cell, MetricsBy.by: by, MetricsBy.part: int(str(part)), **named}
        for by, of in LOCAL.items()
        for part, rows in scored.groupby(of(local))
        for cell, sample in cells(cast("DataFrame[Scored]", rows))
        if cell[Metrics.lead_day] == 0
        for named in _named(scores(sample, seed))
    ]
    return MetricsBy.validate(pd.DataFrame(rows))


def extra_metrics(scored: DataFrame[Scored], seed: int) -> DataFrame[Metrics]:
    """Parts of the Brier score, a cell each, and the twCRPS (threshold 0 pools thresholds)."""
    parts = [
        {
            **cell,
            Metrics.metric: name,
            Metrics.value: value,
            Metrics.low: np.nan,
            Metrics.high: np.nan,
        }
        for cell, sample in cells(scored)
        for name, value in decomposition(sample.y, sample.p)._asdict().items()
    ]
    return Metrics.validate(pd.DataFrame([*parts, *_twcrps(scored, seed)]))


def decisions(scored: DataFrame[Scored], cost_loss: list[float]) -> DataFrame[Decisions]:
    """Confusion, precision, recall, F1 and economic value at each cut-off."""
    rows = [
        {**cell, Decisions.cost_loss: ratio, Decisions.metric: name, Decisions.value: value}
        for cell, sample in cells(scored)
        for ratio in cost_loss
        for name, value in decide(sample.y, sample.p, ratio).items()
    ]
    return Decisions.validate(pd.DataFrame(rows))


def significance(scored: DataFrame[Scored]) -> DataFrame[Significance]:
    """Diebold-Mariano of every pair of models in every cell."""
    rows = [
        {
            **{k: v for k, v in cell.items() if k != Metrics.model},
            Significance.model: a,
            Significance.versus: b,
            Significance.loss: loss,
            **_tested(samples[a], samples[b], loss),
        }
        for cell, samples in _by_cell(scored)
        for a, b in pairs(list(samples))
        for loss in LOSSES
    ]
    return Significance.validate(pd.DataFrame(rows))


def reliability_table(scored: DataFrame[Scored], seed: int) -> DataFrame[Reliability]:
    """CORP curves of every model and threshold, nodes and lead days together."""
    parts = []
    for cell, s in cells(scored):
        if cell[Metrics.lead_day] == 0 and cell[Metrics.location] == ALL:
            curve = pd.DataFrame(reliability(s.y, s.p, seed)._asdict())
            parts.append(curve.assign(**{k: cell[k] for k in JUDGED}))
    return Reliability.validate(pd.concat(parts, ignore_index=True))


def _exact(of: dict[str, float]) -> dict[str, tuple[float, float, float]]:
    return {name: (value, np.nan, np.nan) for name, value in of.items()}


def _named(of: dict[str, tuple[float, float, float]]) -> Iterator[dict[str, str | float]]:
    for name, (value, low, high) in of.items():
        yield {Metrics.metric: name, Metrics.value: value, Metrics.low: low, Metrics.high: high}


def _by_cell(
    scored: DataFrame[Scored],
) -> Iterator[tuple[dict[str, str | float | int], dict[str, Sample]]]:
    """Samples of all models of a cell."""
    found: dict[tuple[object, ...], dict[str, Sample]] = {}
    keys = (Metrics.location, Metrics.threshold, Metrics.lead_day)
    for cell, sample in cells(scored):
        found.setdefault(tuple(cell[k] for k in keys), {})[str(cell[Metrics.model])] = sample
    for key, samples in found.items():
        yield dict(zip(keys, key, strict=True)), samples  # type: ignore[arg-type]


def _tested(a: Sample, b: Sample, loss: str) -> dict[str, float | int]:
    of = LOSSES[loss]
    losses = (daily(s.day, of(s.y, s.p)) for s in (a, b))
    mean, statistic, p_value, days = diebold_mariano(*losses)
    return {
        Significance.difference: mean,
        Significance.statistic: statistic,
        Significance.p_value: p_value,
        Significance.days: days,
    }


def _twcrps(scored: DataFrame[Scored], seed: int) -> Iterator[dict[str, str | float | int]]:
    known = scored[scored[Scored.max_price].notna()]
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.max_price]
    for model, rows in known.groupby(Scored.model):
        wide = rows.pivot(index=keys, columns=Scored.threshold, values=Scored.probability)
        x, asks = wide.columns.to_numpy(), wide.index.to_frame(index=False)
        above = np.greater.outer(asks[Scored.max_price].to_numpy(), x).astype(np.float64)
        loss = threshold_weighted_crps(above, wide.to_numpy(), x)
        for place in (ALL, *known[Scored.location].unique()):
            at = ((asks[Scored.location] == place) | (place == ALL)).to_numpy()
            cell = {Metrics.model: str(model), Metrics.location: place, Metrics.threshold: POOLED}
            mean = _mean(asks[Scored.issue_time][at], loss[at], seed)
            for named in _named({"twcrps": mean}):
                yield {**cell, Metrics.lead_day: 0, **named}


def _mean(day: "pd.Series[pd.Timestamp]", loss: Floats, seed: int) -> tuple[float, float, float]:
    """Mean loss and its block-bootstrap interval over issue days."""
    index = np.unique(day, return_inverse=True)[1]
    total, rows = np.bincount(index, loss), np.bincount(index)
    weights = draws(len(rows), seed)
    return float(loss.mean()), *interval((weights @ total) / (weights @ rows))
