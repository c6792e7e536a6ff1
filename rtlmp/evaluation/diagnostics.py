"""The model against the baselines, by quarter, and against its own probabilities and bounds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from rtlmp.evaluation import losses
from rtlmp.evaluation.losses import format_interval, log_loss
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import Sample, Score, pooled_samples
from rtlmp.evaluation.tables import Significance
from rtlmp.evaluation.verification import corp_curve
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster

PERIODS: Final = {"Q": 3, "H": 6}  # months of a quarter, a half-year
EDGES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 1.0)  # classes of forecast probability
MATTERS = 0.02  # probability that someone would act on
WHERE = f"within_bounds_above_{MATTERS:.0%}"
TOP = 0.01  # share of the hours that are the most dangerous, by forecast
Row: TypeAlias = Mapping[str, float | str]


class Diagnostics(NamedTuple):
    """Tables of the model, all nodes and lead days; a threshold without a row is left out."""

    tests: pd.DataFrame  # a row a threshold and model: `ahead`, `p_value`
    quarters: pd.DataFrame  # the others: a row a threshold
    claims: pd.DataFrame
    extremes: pd.DataFrame  # a row a threshold and half-year
    bounds: pd.DataFrame  # synthetic worlds only
    classes: pd.DataFrame  # a row a threshold and class of probability


def diagnose(scored: Iterable[Pairs], seed: int) -> Diagnostics:
    """Nothing to test or claim where all or none of the hours spiked."""
    tables: list[list[Row]] = [[] for _ in Diagnostics._fields]
    for of in scored:
        samples = pooled_samples(of)
        ours = (_quarters(of, samples), _claims(of, samples, seed), _extremes(of, samples, seed))
        made = (_tests(samples), *ours, _bounds(of), by_probability(of))
        for table, rows in zip(tables, made, strict=True):
            table += [{Metrics.threshold: of.threshold, **row} for row in rows]
    return Diagnostics(*map(pd.DataFrame, tables))


def mean_over_base_rate(s: Sample, seed: int) -> Score:
    """Mean probability over base rate, low and high of its block bootstrap over issue days: spikes
    come in clusters, so a half-year's base rate is known far less well than its hours suggest."""
    weights = losses.bootstrap_weights(int(s.day.max()) + 1, seed)
    p, y = (weights @ np.bincount(s.day, of) for of in (s.p, s.y))
    with np.errstate(divide="ignore"):  # a resample without spikes
        return float(s.p.mean() / s.y.mean()), *losses.interval(p / y)


def _tests(samples: Mapping[str, Sample]) -> Iterator[Row]:
    """Mean daily log loss of the model less the other's, and its two-sided p-value."""
    loss = {name: losses.daily_means(s.day, log_loss(s.y, s.p)) for name, s in samples.items()}
    for name in loss:
        test = losses.diebold_mariano(loss[Forecaster.MODEL], loss[name])
        yield {Metrics.model: name, "ahead": test.difference, Significance.p_value: test.p_value}


def _quarters(of: Pairs, samples: Mapping[str, Sample]) -> list[Row]:
    """Log-loss skill of the model against climatology by quarter."""
    row = {
        quarter: float(1 - log_loss(s.y, s.p).mean() / log_loss(s.y, s.reference).mean())
        for quarter, s in _periods(of, samples, "Q")
    }
    return [row] if row else []


def _claims(of: Pairs, samples: Mapping[str, Sample], seed: int) -> Iterator[Row]:
    """The share of hours whose CORP curve lies inside its 90 % consistency band, and mean
    probability over base rate by half-year, text with its interval."""
    if samples:
        curve = corp_curve(samples[Forecaster.MODEL].y, samples[Forecaster.MODEL].p, seed)
        inside = (curve.low <= curve.frequency) & (curve.frequency <= curve.high)
        yield {
            "inside_band": float(np.average(inside, weights=curve.rows)),
            **{
                f"mean/base {half}": format_interval(*mean_over_base_rate(s, seed), ".2f")
                for half, s in _periods(of, samples, "H")
            },
        }


def _extremes(of: Pairs, samples: Mapping[str, Sample], seed: int) -> Iterator[Row]:
    """Of the TOP share of the hours of each half-year: the mean forecast, how often it came, and
    their share of all spikes. A storm that was not seen leaves spikes elsewhere."""
    for half, s in _periods(of, samples, "H"):
        top = np.argsort(-s.p, kind="stable")[: max(round(TOP * len(s.p)), 1)]
        daily = [np.bincount(s.day[top], w, minlength=s.day.max() + 1) for w in (s.y[top], None)]
        spiked, hours = np.stack(daily) @ losses.bootstrap_weights(len(daily[0]), seed).T
        with np.errstate(invalid="ignore"):  # a resample without any of these hours
            bounds = losses.interval(spiked / hours)
        yield {
            "half": half,
            "hours": len(top),
            "forecast": float(s.p[top].mean()),
            "came": format_interval(float(s.y[top].mean()), *bounds, ".3f"),
            "share_of_spikes": float(s.y[top].sum() / s.y.sum()),
        }


def _bounds(of: Pairs) -> Iterator[Row]:
    """Share of hours whose true probability lies within the bounds, of all and of those with a
    probability above MATTERS."""
    if len(of.bounds):
        (low, high), true = of.bounds, of.of(Forecaster.TRUTH)
        inside = (low <= true) & (true <= high)
        matters = of.of(Forecaster.MODEL) > MATTERS
        yield {
            "within_bounds": float(inside.mean()),
            WHERE: float(inside[matters].mean()) if matters.any() else np.nan,
            "mean_width": float((high - low).mean()),
        }


def by_probability(of: Pairs) -> list[Row]:
    """By class of forecast: mean forecast and truth if known, share of hours that spiked, rows."""
    forecasts = [m for m in (Forecaster.MODEL, Forecaster.TRUTH) if m in of.models]
    table = pd.DataFrame({m: of.of(m) for m in forecasts} | {"came": of.spiked})
    classes = pd.cut(table[Forecaster.MODEL], list(EDGES), include_lowest=True).astype(str)
    groups = table.groupby(classes.rename("class"), observed=True)
    means = groups.mean().assign(rows=groups.size()).sort_values(Forecaster.MODEL).reset_index()
    return [{str(name): value for name, value in row.items()} for row in means.to_dict("records")]


def _periods(of: Pairs, samples: Mapping[str, Sample], letter: str) -> Iterator[tuple[str, Sample]]:
    """The model's sample of each quarter (2024Q1) or half-year (2024H1) of issue dates in which
    some hours spiked, some not."""
    months = PERIODS[letter]
    period = of.issued.astype("datetime64[M]").astype(np.int64) // months  # since 1970
    for one in np.unique(period) if samples else ():
        day, y, p, reference = (column[period == one] for column in samples[Forecaster.MODEL])
        if 0 < y.sum() < len(y):
            years, k = divmod(int(one), 12 // months)
            sample = Sample(np.unique(day, return_inverse=True)[1], y, p, reference)
            yield f"{1970 + years}{letter}{k + 1}", sample
