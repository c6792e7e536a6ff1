"""Issue date + model -> 72 probabilities a node and threshold. The daily path and the backtest
both come here, an issue date at a time, so they agree to the last bit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame
from scipy.special import expit, logit

from rtlmp.asof.view import long_table
from rtlmp.asof.vintages import Archive, Floats, Matrix
from rtlmp.clock import HORIZON_HOURS, issue_time
from rtlmp.config.jobs import ReplaySettings
from rtlmp.evaluation.baselines import climatology_forecast
from rtlmp.models.calibration import apply_calibration
from rtlmp.models.curve import SMALLEST, exceedance
from rtlmp.models.estimators import threshold_curve
from rtlmp.models.store import Trained
from rtlmp.models.training import LEFT_OUT
from rtlmp.schemas.core import Bounded, Features, Flagged, Forecast, HorizonRows

TIMES: Final = [HorizonRows.issue_time, HorizonRows.valid_time]  # all others: a model's columns
HORIZON: Final = [*TIMES, HorizonRows.lead_hour]
DEVIATIONS: Final = 1.64  # standard, to a bound
ALIKE: Final = 200  # hours; so that bounds hold the truth of the synthetic market, see results.md
SHRINK: Final = 4.0  # degrees of freedom that the median over rows is worth
NodeFeatures: TypeAlias = Mapping[str, DataFrame[Features]]  # a table a node of the pool


class Asked(NamedTuple):
    """The forecast of a pool and an issue date."""

    day: date
    nodes: Sequence[str]
    models: Sequence[Trained]  # that serve, newest first
    by: str  # as `served_by`


def pool_forecast(
    models: Sequence[Trained], features: NodeFeatures, at: datetime, thresholds: list[float]
) -> DataFrame[Bounded]:
    """Issued at `at` by the mean of `models`, the newest first: 72 rows a node and threshold."""
    rows = {node: _issued(of, node, at) for node, of in features.items()}
    x = np.concatenate([of.drop(columns=TIMES).to_numpy(np.float32) for of in rows.values()])
    horizon = pd.concat([of[HORIZON].assign(**{Forecast.location: n}) for n, of in rows.items()])
    each = np.stack([model_probability(m, x, thresholds) for m in models])
    low, high = jackknife_interval(each)
    named = {Forecast.probability: each.mean(axis=0), Bounded.lower: low, Bounded.upper: high}
    return Bounded.validate(long_table(horizon, thresholds, named, models[0].card["date"]))


def jackknife_interval(each: Floats) -> tuple[Floats, Floats]:
    """5 % and 95 % bounds of P from those of each serving model, (models, rows, thresholds).

    Each model left out weeks of its own, a share LEFT_OUT of all, so their variance in log odds,
    times (1 - share) / share, is the delete-d jackknife variance of one (Shao and Wu 1989). A
    row's few models tell it badly: it is shrunk to the median over rows. Models that agree can be
    wrong alike, near zero above all: each bound moves out by the binomial error of ALIKE hours.
    """
    if len(each) == 1:
        return (nothing := np.full(each.shape[1:], np.nan)), nothing
    odds = logit(np.clip(each, SMALLEST, 1 - SMALLEST))
    own, freedom = odds.var(axis=0, ddof=1), len(each) - 1
    variance = (own * freedom + np.median(own, axis=0) * SHRINK) / (freedom + SHRINK)
    half = DEVIATIONS * np.sqrt(variance * (1 - LEFT_OUT) / LEFT_OUT)
    middle = logit(np.clip(each.mean(axis=0), SMALLEST, 1 - SMALLEST))
    low, high = expit(middle - half), expit(middle + half)
    return _beyond(low, -DEVIATIONS), _beyond(high, DEVIATIONS)


def _beyond(p: Floats, deviations: float) -> Floats:
    """`p` moved by standard errors of a frequency in ALIKE hours, within 0 and 1."""
    return np.clip(p + deviations * np.sqrt(p * (1 - p) / ALIKE), 0, 1)


def model_probability(
    trained: Trained, x: Matrix, thresholds: list[float], *, gate_trees: bool = False
) -> Floats:
    """Mean over members, as they weigh, of P(highest price > threshold), calibrated: (rows,
    thresholds).

    `gate_trees`: by the trees alone that have not seen the days held out.
    """
    each = []
    for fitted, of in zip(trained.members, trained.card["members"], strict=True):
        curve = threshold_curve(fitted, x, of["model"], of["gate_trees"] if gate_trees else 0)
        each.append(exceedance(curve, of["model"]["grid"], thresholds))
    mean = np.average(each, 0, trained.weights())
    return apply_calibration(mean, thresholds, trained.card["calibration"])


def forecasts(
    asked: Iterable[Asked], features: NodeFeatures, prices: Archive, config: ReplaySettings
) -> DataFrame[Bounded]:
    """Of each pool and issue date asked for; by climatology where no model serves."""
    made = []
    for day, nodes, models, by in asked:
        of, at = {n: features[n] for n in nodes}, issue_time(config, day)
        rows = (
            pool_forecast(models, of, at, config["thresholds"])
            if models
            else climatology_forecast(prices, config, day, nodes)
        )
        made.append(rows.assign(**{Flagged.served_by: by}))
    return Bounded.validate(pd.concat(made, ignore_index=True))


def _issued(features: pd.DataFrame, node: str, at: datetime) -> pd.DataFrame:
    """The rows of one issue time."""
    issued = features[HorizonRows.issue_time]
    rows = features[issued == at]
    if len(rows) != HORIZON_HOURS:
        raise ValueError(
            f"{node}: {len(rows)} feature rows for issue time {at}, want {HORIZON_HOURS}; "
            f"the file holds {issued.nunique()} issue times, {issued.min()} to {issued.max()}"
        )
    return rows
