"""What a portfolio of batteries may lose, USD of whole batteries; a loss at risk is positive.

1. Tails of a day: historical, of a normal with the days' mean and deviation (parametric), and of
   30 days drawn in blocks, all batteries at once (Monte Carlo); of the sum of such a month too.
2. Stress: prices come otherwise than they did; what was known and offered before stays.
3. Windows run again where both markets' prices are held, with the two days before; without the
   forecast outside of the backtest, since no model of that time is at hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame
from scipy.stats import norm

from rtlmp.asof.labels import Labels
from rtlmp.asof.vintages import Floats
from rtlmp.battery import CALM, StrategyName, dispatch, revenue
from rtlmp.battery.dispatch import LOOKAHEAD, NodePrices, dispatch_days, hours_of
from rtlmp.battery.revenue import bounded, resampled_days, revenue_rows
from rtlmp.catalog import MARKETS
from rtlmp.clock import days, issue_time
from rtlmp.config import Battery
from rtlmp.config.jobs import RiskSettings
from rtlmp.evaluation.baselines import climatology
from rtlmp.evaluation.losses import block_days, bootstrap_weights
from rtlmp.evaluation.scores import Score
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.io.tables import table_of
from rtlmp.schemas.core import Observations, Scored
from rtlmp.schemas.names import Forecaster

PORTFOLIO: Final = "PORTFOLIO"  # all batteries, summed
AS_IT_WAS: Final = "as_it_was"  # the case without stress
WITHOUT_MODEL: Final = (StrategyName.CLIMATOLOGY_RULE, StrategyName.DAY_AHEAD)
MONTH_LENGTH: Final = 30  # days
PATHS: Final = 10_000
DAY: Final = timedelta(days=1)


def portfolio_of(config: RiskSettings) -> dict[str, tuple[str, Battery]]:
    """Node and battery by name."""
    own = config["battery"]
    size = (own["power_mw"], own["energy_mwh"])
    named = config["risk"]["batteries"] or {node: (node, *size) for node in config["nodes"]}
    return {name: (node, {**own, "power_mw": power, "energy_mwh": energy})
            for name, (node, power, energy) in named.items()}  # fmt: skip


def cases(
    node: NodePrices, curves: dict[str, pd.DataFrame], config: RiskSettings, issued: Sequence[date]
) -> Iterator[tuple[str, DataFrame[DispatchDays]]]:  # fmt: skip
    """Days of the battery of `config` as they were, under each stress, and of each window."""
    rules = (StrategyName.FORECAST, *WITHOUT_MODEL)
    for case, stress in {**config["risk"]["stress"], AS_IT_WAS: CALM}.items():
        yield case, dispatch_days(node, curves, config, issued, rules, stress)
    for name, of in config["risk"]["replay"].items():
        asked = list(days(of["start"] - DAY, of["end"] - DAY))
        if {*asked} <= {*issued}:
            yield f"replay_{name}", dispatch_days(node, curves, config, asked, rules)
        elif held := [day for day in asked if _held(node, config, day)]:
            then = {str(Forecaster.CLIMATOLOGY): climatology_curve(node, config, held)}
            yield f"replay_{name}", dispatch_days(node, then, config, held, WITHOUT_MODEL)


def climatology_curve(node: NodePrices, config: RiskSettings, issued: list[date]) -> pd.DataFrame:
    """(issue, hour) x threshold: the baseline from the prices of `node` known at each issue."""
    made, tz, xs = {}, MARKETS[config["market"]].tz, config["thresholds"]
    for day in issued:
        at, target = pd.Timestamp(issue_time(config, day)), hours_of(config, day, LOOKAHEAD)
        past = node.real[(node.real_publish <= at).to_numpy()].max(axis=1)
        labels = Labels(*[past.to_numpy()] * len(Labels._fields))  # every interval is there
        index = (pd.DatetimeIndex(past.index), target)
        of, then = (each.tz_convert(tz).hour.to_numpy(np.int32) for each in index)
        made[at] = pd.DataFrame(climatology(labels, of, then, xs), target, xs)
    return pd.concat(made)


def portfolio_days(
    real: DataFrame[Observations], auction: DataFrame[Observations], scored: DataFrame[Scored],
    config: RiskSettings, issued: Sequence[date],
) -> dict[str, DataFrame[DispatchDays]]:  # fmt: skip
    """Days of all batteries by case, `location` the battery's name; a window not held is empty."""
    made = {f"replay_{name}": [table_of(DispatchDays, [])] for name in config["risk"]["replay"]}
    for name, (at, battery) in portfolio_of(config).items():
        node, curves = dispatch.node_prices(at, real, auction), dispatch.curves_of(scored, at)
        own: RiskSettings = {**config, "battery": battery}
        for case, table in cases(node, curves, own, issued):
            parts = made.setdefault(case, [])
            parts.append(DispatchDays.validate(table.assign(**{DispatchDays.location: name})))
    return {case: DispatchDays.validate(pd.concat(parts)) for case, parts in made.items()}


def risk_table(of: Mapping[str, DataFrame[DispatchDays]], seed: int) -> DataFrame[Revenue]:
    """By case, strategy and battery, and for their sum: mean and worst day, tails; correlations
    of the days as they were. A case of 0 days: not in the data."""
    rows = list[tuple[object, ...]]()
    for case, table in of.items():
        if table.empty:
            rows.append((PORTFOLIO, StrategyName.FORECAST, f"{case}_days", 0.0, np.nan, np.nan))
        for rule, made in table.groupby(DispatchDays.rule, sort=False):
            daily = made.set_index([DispatchDays.day, DispatchDays.location])[DispatchDays.revenue]
            wide = daily.unstack().dropna()  # days of all batteries
            weights = bootstrap_weights(len(wide), seed)
            month = block_days(len(wide), MONTH_LENGTH, PATHS, seed)
            every = {q: wide[q].to_numpy() for q in wide}
            for place, x in {**every, PORTFOLIO: wide.to_numpy().sum(axis=1)}.items():
                scores = _scores(x[None], resampled_days(x, weights), x[month])
                rows += [(place, rule, f"{case}_{name}", *score) for name, score in scores]
            for a, b in combinations(wide if case == AS_IT_WAS else (), 2):
                drawn = (resampled_days(every[q], weights) for q in (a, b))
                score = _correlation(every[a][None], every[b][None]), _correlation(*drawn)
                rows.append((a, rule, f"correlation_with_{b}", *bounded(*score)))
    return revenue_rows(rows)


def normal_tail(days: Floats, deviations: float) -> Floats:
    """A loss so many standard deviations below the mean day: (draws, days) -> (draws,)."""
    return deviations * days.std(axis=1) - days.mean(axis=1)


def _scores(daily: Floats, resampled: Floats, path: Floats) -> Iterator[tuple[str, Score]]:
    """Each measure with its interval; `daily` (1, days), `path` (draws, MONTH_LENGTH)."""
    yield "days", (daily.shape[1], np.nan, np.nan)
    yield "usd_per_day", bounded(daily.mean(axis=1), resampled.mean(axis=1))
    yield "worst_day_usd", (daily.min(), np.nan, np.nan)
    spans = {"": path.reshape(1, -1), "_month": path.sum(axis=1)[None]}
    for level, tail in LEVELS.items():
        for method, measures in METHODS.items():
            for measure, of in measures.items():
                yield f"{method}_{measure}_{level}", bounded(of(daily, tail), of(resampled, tail))
        for span, days_ in spans.items():
            for measure, of in METHODS["historical"].items():
                yield f"monte_carlo{span}_{measure}_{level}", (of(days_, tail)[0], np.nan, np.nan)


LEVELS: Final = {95: 0.05, 99: 0.01}
METHODS: Final[dict[str, dict[str, Callable[[Floats, float], Floats]]]] = {
    "historical": {"value_at_risk": revenue.value_at_risk,
                   "expected_shortfall": revenue.expected_shortfall},
    "parametric": {"value_at_risk": lambda x, p: normal_tail(x, -norm.ppf(p)),
                   "expected_shortfall": lambda x, p: normal_tail(x, norm.pdf(norm.ppf(p)) / p)},
}  # fmt: skip


def _held(node: NodePrices, config: RiskSettings, day: date) -> bool:
    hours = hours_of(config, day - 2 * DAY, 3)  # the operating day and two before
    return bool(hours.isin(node.real.index).all() and hours.isin(node.auction.index).all())


def _correlation(a: Floats, b: Floats) -> Floats:
    """(draws, days) each -> (draws,); NaN where one earns the same every day."""
    a, b = (of - of.mean(axis=1, keepdims=True) for of in (a, b))
    with np.errstate(invalid="ignore"):
        return (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
