"""Finished forecasts -> tables: scores by hour and month, decisions, significance, reliability."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.archive import Floats, Ints
from rtlmp.cases import Cases
from rtlmp.findings import Decisions, MetricsBy, Reliability, Significance
from rtlmp.losses import daily, diebold_mariano, log_loss
from rtlmp.metrics import ALL, Cell, Sample, Scope, cells, draws, interval, places_of, scores
from rtlmp.tables import Metrics
from rtlmp.verification import (
    decide,
    decomposition,
    pairs,
    reliability,
    threshold_weighted_crps,
)

LOSSES: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "brier": lambda y, p: (p - y) ** 2,
    "log_loss": log_loss,
}
JUDGED: Final = (Metrics.model, Metrics.location, Metrics.threshold)
POOLED: Final = 0.0  # threshold of a score over all thresholds


def metrics_by(scored: Iterable[Cases], tz: str, seed: int) -> DataFrame[MetricsBy]:
    """Scores within each local hour and month, all lead days together."""
    rows = [
        {**cell, MetricsBy.by: by, MetricsBy.part: int(part), **named}
        for of in scored
        for by, parts in _local(of, tz).items()
        for part in np.unique(parts)
        for cell, sample in cells(of.at(parts == part), leads=[0])
        for named in _named(scores(sample, seed))
    ]
    return MetricsBy.validate(pd.DataFrame(rows))


def extra_metrics(scored: Iterable[Cases], seed: int, scope: Scope = "both") -> DataFrame[Metrics]:
    """Parts of the Brier score, a cell each, and the twCRPS (threshold 0 pools thresholds)."""
    parts: list[dict[str, str | float | int]] = []
    briers = list[Briers]()
    for of in scored:
        briers.append(_briers(of, scope))
        for cell, sample in cells(of, scope):
            exact = _exact(decomposition(sample.y, sample.p)._asdict())
            parts += [{**cell, **named} for named in _named(exact)]
    return Metrics.validate(pd.DataFrame([*parts, *_twcrps(briers, seed)]))


def decisions(scored: Iterable[Cases], cost_loss: list[float]) -> DataFrame[Decisions]:
    """Confusion, precision, recall, F1 and economic value at each cut-off."""
    rows = [
        {**cell, Decisions.cost_loss: ratio, Decisions.metric: name, Decisions.value: value}
        for of in scored
        for cell, sample in cells(of)
        for ratio in cost_loss
        for name, value in decide(sample.y, sample.p, ratio).items()
    ]
    return Decisions.validate(pd.DataFrame(rows))


def significance(scored: Iterable[Cases]) -> DataFrame[Significance]:
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


def reliability_table(scored: Iterable[Cases], seed: int) -> DataFrame[Reliability]:
    """CORP curves of every model and threshold, nodes and lead days together."""
    parts = []
    for of in scored:
        for cell, s in cells(of, "pooled", [0]):
            curve = pd.DataFrame(reliability(s.y, s.p, seed)._asdict())
            parts.append(curve.assign(**{k: cell[k] for k in JUDGED}))
    return Reliability.validate(pd.concat(parts, ignore_index=True))


def _local(of: Cases, tz: str) -> dict[str, Ints]:
    """Local hour and month of each row, as numbers."""
    local = pd.DatetimeIndex(of.valid).tz_localize("UTC").tz_convert(tz)
    hour, month = local.hour, 100 * local.year + local.month
    return {"hour": hour.to_numpy(np.int64), "month": month.to_numpy(np.int64)}


def _exact(of: dict[str, float]) -> dict[str, tuple[float, float, float]]:
    return {name: (value, np.nan, np.nan) for name, value in of.items()}


def _named(of: dict[str, tuple[float, float, float]]) -> Iterator[dict[str, str | float]]:
    for name, (value, low, high) in of.items():
        yield {Metrics.metric: name, Metrics.value: value, Metrics.low: low, Metrics.high: high}


def _by_cell(of: Cases) -> Iterator[tuple[Cell, dict[str, Sample]]]:
    """Samples of all models of a cell."""
    for _, group in groupby(
        cells(of), lambda one: (one[0][Metrics.location], one[0][Metrics.lead_day])
    ):
        each = list(group)
        yield each[0][0], {str(cell[Metrics.model]): sample for cell, sample in each}


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


class Briers(NamedTuple):
    """Brier score of one threshold, summed by issue day: (models, places, days)."""

    threshold: float
    models: list[str]
    places: list[str]
    days: list[np.datetime64]
    total: Floats
    rows: Floats  # (places, days)


def _briers(of: Cases, scope: Scope) -> Briers:
    """Of each place and, as the mean of all questions, of ALL."""
    days, day = np.unique(of.issued, return_inverse=True)
    shape = (len(of.places), len(days))
    cell, places = of.place * shape[1] + day, places_of(of, scope)

    def summed(value: Floats | None) -> Floats:
        each = np.bincount(cell, value, minlength=shape[0] * shape[1]).reshape(shape)
        named = {ALL: each.sum(axis=0), **dict(zip(of.places, each, strict=True))}
        return np.stack([named[place] for place in places]).astype(np.float64)

    total = np.stack([summed((p - of.spiked) ** 2) for p in of.p])
    return Briers(of.threshold, of.models, places, [*days], total, summed(None))


def _twcrps(briers: Sequence[Briers], seed: int) -> Iterator[dict[str, str | float | int]]:
    """The Brier scores integrated over thresholds: of each place, with its interval."""
    first = briers[0]
    if any(of[1:4] != first[1:4] for of in briers):
        said = [f"{of.threshold:g}: {of.models}, {len(of.days)} days" for of in briers]
        raise ValueError(f"thresholds were not asked alike: {said}")
    x = np.array([of.threshold for of in briers])
    total = threshold_weighted_crps(np.stack([of.total for of in briers]), x)
    weights = draws(len(first.days), seed)
    for k, model in enumerate(first.models):
        for place, loss, rows in zip(first.places, total[k], first.rows, strict=True):
            cell: Cell = {Metrics.model: model, Metrics.location: place, Metrics.threshold: POOLED}
            drawn = interval((weights @ loss) / (weights @ rows))
            for named in _named({"twcrps": (float(loss.sum() / rows.sum()), *drawn)}):
                yield {**cell, Metrics.lead_day: 0, **named}
