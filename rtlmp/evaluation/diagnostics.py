"""Where the model stands: beside the others, quarter by quarter, against its own claims."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.bootstrap import bootstrap_weights, format_interval, interval
from rtlmp.evaluation.losses import daily_means, diebold_mariano, log_loss
from rtlmp.evaluation.pairs import Pairs, Times
from rtlmp.evaluation.reliability import reliability
from rtlmp.evaluation.scores import ALL, Sample, pooled_samples
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster

LOSS = "log_loss_skill"
RANK = "auc"
QUARTER, HALF = "Q", "H"
PERIODS: Final = {QUARTER: 3, HALF: 6}  # months
EDGES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 1.0)  # classes of forecast probability
MATTERS = 0.02  # probability that someone would act on
WHERE = f"within_bounds_above_{MATTERS:.0%}"


class Diagnostics(NamedTuple):
    """What one threshold says of the model, all nodes and lead days."""

    threshold: float
    tests: list[dict[str, str | float]]  # against each model
    quarters: dict[str, float]
    claims: dict[str, float | str]
    covered: dict[str, float]  # synthetic worlds only
    reliable: pd.DataFrame


def diagnose(of: Pairs, seed: int) -> Diagnostics:
    """Nothing to test or claim where all or none of the hours spiked."""
    samples, tests, claims = (
        pooled_samples(of),
        list[dict[str, str | float]](),
        dict[str, float | str](),
    )
    if Forecaster.MODEL in samples:
        tests = list(_tests(of.threshold, samples))
        claims = _claims(of, samples[Forecaster.MODEL], seed)
    return Diagnostics(of.threshold, tests, _quarters(of), claims, _covered(of), _reliable(of))


def by_threshold(
    each: Sequence[Diagnostics], table: Callable[[Diagnostics], Mapping[str, float | str]]
) -> pd.DataFrame:
    """A row a threshold that has anything in the table."""
    found = ((of.threshold, table(of)) for of in each)
    return pd.DataFrame([{Metrics.threshold: x, **row} for x, row in found if row])


def against_baselines(metrics: DataFrame[Metrics], each: Sequence[Diagnostics]) -> pd.DataFrame:
    """A row a threshold and other model: its scores, and the model's lead in daily log loss.

    `ahead`: mean daily log loss of the model less the other's; below zero the model is better.
    `p_value`: two-sided Diebold-Mariano, HAC.
    """
    rows = metrics[(metrics[Metrics.location] == ALL) & (metrics[Metrics.lead_day] == 0)]
    wide = rows[rows[Metrics.metric].isin([LOSS, RANK])].pivot(
        index=[Metrics.threshold, Metrics.model], columns=Metrics.metric, values=Metrics.value
    )
    tests = pd.DataFrame([test for of in each for test in of.tests])
    tests = tests.set_index([Metrics.threshold, Metrics.model])
    return wide[[LOSS, RANK]].join(tests).reset_index()


def _quarters(of: Pairs) -> dict[str, float]:
    """Log-loss skill of the model against climatology by quarter."""
    found = {}
    for quarter, s in _parts(of, QUARTER):
        skill = 1 - log_loss(s.y, s.p).mean() / log_loss(s.y, s.reference).mean()
        found[quarter] = float(skill)
    return found


def _claims(of: Pairs, s: Sample, seed: int) -> dict[str, float | str]:
    """The share of hours whose CORP curve lies inside its 90 % consistency band, and mean
    probability over base rate by half-year, text with its interval."""
    curve = reliability(s.y, s.p, seed)
    held = (curve.low <= curve.frequency) & (curve.frequency <= curve.high)
    found: dict[str, float | str] = {"inside_band": float(np.average(held, weights=curve.rows))}
    for half, part in _parts(of, HALF):
        found[f"mean/base {half}"] = format_interval(*mean_over_base_rate(part, seed), ".2f")
    return found


def mean_over_base_rate(s: Sample, seed: int) -> tuple[float, float, float]:
    """Mean probability over base rate, low and high of its block bootstrap over issue days: spikes
    come in clusters, so a half-year's base rate is known far less well than its hours suggest."""
    weights = bootstrap_weights(int(s.day.max()) + 1, seed)
    p, y = (weights @ np.bincount(s.day, of) for of in (s.p, s.y))
    with np.errstate(divide="ignore"):  # a draw without spikes
        return float(s.p.mean() / s.y.mean()), *interval(p / y)


def _covered(of: Pairs) -> dict[str, float]:
    """Share of hours whose true probability lies within the bounds, of all and of those with a
    probability above MATTERS."""
    if not len(of.bounds):
        return {}
    (low, high), true = of.bounds, of.of(Forecaster.TRUTH)
    inside = (low <= true) & (true <= high)
    matters = of.of(Forecaster.MODEL) > MATTERS
    return {
        "within_bounds": float(inside.mean()),
        WHERE: float(inside[matters].mean()) if matters.any() else np.nan,
        "mean_width": float((high - low).mean()),
    }


def _reliable(of: Pairs) -> pd.DataFrame:
    """By class of forecast: mean forecast, mean truth if known, how often it came, rows."""
    forecasts = [m for m in (Forecaster.MODEL, Forecaster.TRUTH) if m in of.models]
    table = pd.DataFrame({m: of.of(m) for m in forecasts} | {"came": of.spiked})
    classes = pd.cut(table[Forecaster.MODEL], list(EDGES), include_lowest=True).astype(str)
    groups = table.groupby(classes.rename("class"), observed=True)
    means = groups.mean().assign(rows=groups.size()).sort_values(Forecaster.MODEL).reset_index()
    means.insert(0, Metrics.threshold, of.threshold)
    return means


def _tests(x: float, samples: dict[str, Sample]) -> Iterator[dict[str, str | float]]:
    ours = samples[Forecaster.MODEL]
    loss = daily_means(ours.day, log_loss(ours.y, ours.p))
    for name, s in samples.items():
        test = diebold_mariano(loss, daily_means(s.day, log_loss(s.y, s.p)))
        found = {"ahead": test.mean, "p_value": test.p_value}
        yield {Metrics.threshold: x, Metrics.model: name, **found}


def _parts(of: Pairs, letter: str) -> Iterator[tuple[str, Sample]]:
    """The model's sample of each period of issue dates in which some hours spiked, some not."""
    name = _period(of.issued, letter)
    for one in np.unique(name):
        if found := pooled_samples(of.at(name == one)):
            yield str(one), found[Forecaster.MODEL]


def _period(issued: Times, letter: str) -> npt.NDArray[np.str_]:
    """The quarter (2024Q1) or half-year (2024H1) of each issue time."""
    days, day = np.unique(issued, return_inverse=True)
    named = [f"{d.year}{letter}{(d.month - 1) // PERIODS[letter] + 1}" for d in days.tolist()]
    return np.array(named)[day]
