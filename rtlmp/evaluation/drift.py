"""Whether what a model meets is what it was trained on. Free of pandas, as a training job is."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from typing_extensions import TypedDict

from rtlmp.asof.vintages import US_PER_HOUR, Floats, Ints, Matrix

RECENT: Final = 30  # latest days that are set against those of training
SEASON: Final = 45  # days of the year on both sides of a model's date: else each summer would drift
BINS: Final = 10  # classes of equal weight in which a feature drifts
RARE: Final = 1e-4  # share of a class that holds nothing
SLACK: Final = 0.25  # standard deviations a day that CUSUM lets pass
SURE: Final = 1e-6  # of a probability, from which a loss is finite
MARGIN: Final = 0.5  # of the width of its range, by which a feature may leave it
SETTLED: Final = 90  # days that tell a range: of fewer the margin is wider, by their ratio
ABSENT: Final = 0.05  # share of rows that lacked a feature whose absence is told, at most
NAMED: Final = 3  # features


class Drift(TypedDict):
    """Rows that a model was trained on, and how the latest differ. Lists: a value a feature."""

    days: int
    low: list[float]
    high: list[float]
    missing: list[float]  # share of rows
    index: list[float]  # population stability of RECENT days


def trained_on(x: Matrix, issued: Ints, at: int) -> Drift:
    """Of the model of `at` and its rows `x` (rows, features) issued at `issued`, us since 1970."""
    low, high = (np.nan_to_num(f.reduce(x, initial=np.nan)).tolist() for f in (np.fmin, np.fmax))
    age = (at - issued) / US_PER_HOUR / 24
    season = np.flatnonzero(np.abs((age + 182) % 365.25 - 182) <= SEASON)
    some = x[season[:: 1 + len(season) // 10_000 * 6]]  # of each of the 72 hours as many
    index = [stability(*of) for of in zip(some.T, x[age <= RECENT].T, strict=True)]
    missing = np.isnan(x).mean(axis=0).tolist()
    return Drift(days=len(np.unique(issued)), low=low, high=high, missing=missing, index=index)


def stability(before: Matrix, recent: Matrix) -> float:
    """Sum over classes of (r - b) ln(r / b); missing values are a class of their own."""
    known = before[~np.isnan(before)]
    cuts = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known, cuts)) if len(known) else known
    shares = []
    for values in (before, recent):
        place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values))
        count = np.bincount(place.astype(np.intp), minlength=len(edges) + 2)
        shares.append(np.maximum(count / max(len(values), 1), RARE))
    b, r = shares
    return round(float(((r - b) * np.log(r / b)).sum()), 4)


def cusum(day: np.ndarray[Any, Any], y: Floats, p: Floats) -> float:
    """One-sided CUSUM, over the days in order, of the log loss beyond what `p` itself expects.

    (rows,) each. In standard deviations of a day whose rows all come out alike, an upper bound: one
    storm is one piece of evidence, however many hours, nodes and thresholds it hits.
    """
    p, at = np.clip(p, SURE, 1 - SURE), np.unique(day, return_inverse=True)[1]
    odds, total = np.log(p) - np.log1p(-p), 0.0
    each = [np.bincount(at, of) for of in ((p - y) * odds, np.sqrt(p * (1 - p)) * np.abs(odds))]
    for excess, deviation in zip(*each, strict=True):
        total = max(0.0, total + float(excess / max(deviation, SURE)) - SLACK)
    return total


def unlike(of: Drift, names: Sequence[str], x: Matrix) -> str:
    """What of a node's 72 rows `x` (72, features) training does not support; empty: nothing."""
    low, high = np.array(of["low"]), np.array(of["high"])
    share = (low >= 0) & (low < high) & (high <= 1)  # of rare events: any is possible
    low, high = np.where(share, 0, low), np.where(share, 1, high)
    least, most, width = np.fmin.reduce(x), np.fmax.reduce(x), high - low
    beyond = np.fmax(low - least, most - high) / np.where(width > 0, width, np.inf)
    gone = np.isnan(least) & (np.array(of["missing"]) < ABSENT)
    far = [
        f"{names[k]} {least[k]:g} to {most[k]:g}, in training {low[k]:g} to {high[k]:g}"
        for k in np.argsort(-beyond).tolist()
        if beyond[k] > MARGIN * max(1, SETTLED / of["days"])
    ]
    said = {"beyond training": far, "missing": [names[k] for k in np.flatnonzero(gone).tolist()]}
    return "; ".join(f"{len(v)} features {k}: {', '.join(v[:NAMED])}" for k, v in said.items() if v)
