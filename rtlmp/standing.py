"""Where the model stands: beside the others, quarter by quarter, against its own claims."""

from collections.abc import Iterator
from typing import cast

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.backtest import MODEL, TRUTH
from rtlmp.losses import daily, diebold_mariano, log_loss
from rtlmp.metrics import ALL, Sample, bracketed, cells, draws, interval
from rtlmp.tables import Metrics, Scored
from rtlmp.verification import reliability

LOSS = "log_loss_skill"
RANK = "auc"
MONTHS = 12
MATTERS = 0.02  # probability that someone would act on
WHERE = f"within_bounds_above_{MATTERS:.0%}"


def beside(metrics: DataFrame[Metrics], scored: DataFrame[Scored]) -> pd.DataFrame:
    """A row a threshold and other model: its scores, and the model's lead in daily log loss.

    `ahead`: mean daily log loss of the model less the other's; below zero the model is better.
    `p_value`: two-sided Diebold-Mariano, HAC.
    """
    rows = metrics[(metrics[Metrics.location] == ALL) & (metrics[Metrics.lead_day] == 0)]
    wide = rows[rows[Metrics.metric].isin([LOSS, RANK])].pivot(
        index=[Metrics.threshold, Metrics.model], columns=Metrics.metric, values=Metrics.value
    )
    tests = pd.DataFrame(_tests(scored)).set_index([Metrics.threshold, Metrics.model])
    return wide[[LOSS, RANK]].join(tests).reset_index()


def quarters(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Log-loss skill of the model against climatology, a row a threshold, a column a quarter."""
    found: dict[str, dict[float, float]] = {}
    for quarter, rows in scored.groupby(_period(scored, "Q")):
        for x, s in _model_cells(rows):
            skill = 1 - log_loss(s.y, s.p).mean() / log_loss(s.y, s.reference).mean()
            found.setdefault(str(quarter), {})[x] = float(skill)
    return pd.DataFrame(found).rename_axis(Scored.threshold).reset_index()


def claims(scored: DataFrame[Scored], seed: int) -> pd.DataFrame:
    """A row a threshold: the share of hours whose CORP curve lies inside its 90 % consistency
    band, and mean probability over base rate by half-year, text with its interval."""
    found: dict[float, dict[str, float | str]] = {}
    for x, s in _model_cells(scored):
        curve = reliability(s.y, s.p, seed)
        held = (curve.low <= curve.frequency) & (curve.frequency <= curve.high)
        found[x] = {"inside_band": float(np.average(held, weights=curve.rows))}
    for half, rows in scored.groupby(_half(scored)):
        for x, s in _model_cells(rows):
            found[x][f"mean/base {half}"] = bracketed(*promised(s, seed), ".2f")
    return pd.DataFrame(found).T.rename_axis(Scored.threshold).reset_index()


def promised(s: Sample, seed: int) -> tuple[float, float, float]:
    """Mean probability over base rate, low and high of its block bootstrap over issue days: spikes
    come in clusters, so a half-year's base rate is known far less well than its hours suggest."""
    weights = draws(int(s.day.max()) + 1, seed)
    p, y = (weights @ np.bincount(s.day, of) for of in (s.p, s.y))
    with np.errstate(divide="ignore"):  # a draw without spikes
        return float(s.p.mean() / s.y.mean()), *interval(p / y)


def covered(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Synthetic worlds: share of hours whose true probability lies within the bounds, of all and
    of those with a probability above MATTERS."""
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    ours = scored[scored[Scored.model] == MODEL].set_index(keys)
    true = scored[scored[Scored.model] == TRUTH].set_index(keys)[Scored.probability]
    true = true.reindex(ours.index)
    inside = (ours[Scored.lower] <= true) & (true <= ours[Scored.upper])
    width = ours[Scored.upper] - ours[Scored.lower]
    matters = inside.astype(float).where(ours[Scored.probability] > MATTERS)
    table = pd.DataFrame({"within_bounds": inside, WHERE: matters, "mean_width": width})
    return table.groupby(Scored.threshold).mean().reset_index()


def _tests(scored: DataFrame[Scored]) -> Iterator[dict[str, str | float]]:
    samples: dict[float, dict[str, Sample]] = {}
    for cell, s in cells(scored, pooled=True):
        samples.setdefault(float(cell[Metrics.threshold]), {})[str(cell[Metrics.model])] = s
    for x, of in samples.items():
        for name, s in of.items():
            ours = daily(s.day, log_loss(s.y, of[MODEL].p))
            test = diebold_mariano(ours, daily(s.day, log_loss(s.y, s.p)))
            found = {"ahead": test.mean, "p_value": test.p_value}
            yield {Metrics.threshold: x, Metrics.model: name, **found}


def _model_cells(rows: pd.DataFrame) -> Iterator[tuple[float, Sample]]:
    """The model's samples, all nodes and leads, of each threshold that spiked and did not."""
    for cell, s in cells(cast("DataFrame[Scored]", rows), pooled=True):
        if cell[Metrics.model] == MODEL:
            yield float(cell[Metrics.threshold]), s


def _period(scored: pd.DataFrame, step: str) -> "pd.Series[str]":
    return scored[Scored.issue_time].dt.tz_localize(None).dt.to_period(step).astype(str)


def _half(scored: pd.DataFrame) -> "pd.Series[str]":
    issued = scored[Scored.issue_time]
    return (
        issued.dt.year.astype(str) + "H" + ((issued.dt.month - 1) // (MONTHS // 2) + 1).astype(str)
    )
