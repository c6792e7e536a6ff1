"""A window of operating days under every strategy."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.battery.prices import Intervals, day_ahead, expected, intervals
from rtlmp.battery.programme import Market, solve
from rtlmp.battery.settlement import DayPrices, Result, operate, settle
from rtlmp.battery.strategies import STRATEGIES, KnownAtIssue, Strategy
from rtlmp.catalog import MARKETS
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config import Battery
from rtlmp.config.jobs import DispatchSettings
from rtlmp.schemas.core import Observations, Scored
from rtlmp.schemas.evaluation import DispatchDays

LOOKAHEAD: Final = 2  # local days planned for at issue time
PERFECT: Final = "perfect_foresight"
AUCTION_PERFECT: Final = "day_ahead_perfect"


class NodePrices(NamedTuple):
    """All prices of one node."""

    name: str
    real: Intervals
    auction: "pd.Series[float]"
    auction_publish: "pd.Series[pd.Timestamp]"


def dispatch_days(
    node: NodePrices,
    curves: Mapping[str, pd.DataFrame],
    config: DispatchSettings,
    days: Iterable[date],
) -> DataFrame[DispatchDays]:
    """Every strategy's operating days; `curves` holds a model's (issue, hour) x threshold table."""
    observed = {day: _observed(node, config, day) for day in days}
    known = {
        model: [known_at_issue(node, curve, config, day) for day in observed]
        for model, curve in curves.items()
    }
    results = {
        name: _operate_days(strategy, known[strategy.curve], observed.values(), config["battery"])
        for name, strategy in STRATEGIES.items()
    }
    for name, real_time in ((PERFECT, True), (AUCTION_PERFECT, False)):
        results[name] = perfect_foresight([*observed.values()], config["battery"], real_time)
    rows = [
        _row(name, node.name, day, result)
        for name, of in results.items()
        for day, result in zip(observed, of, strict=True)
    ]
    return DispatchDays.validate(pd.DataFrame(rows))


def node_prices(
    node: str, real: DataFrame[Observations], auction: DataFrame[Observations]
) -> NodePrices:
    """The prices of `node`. Raises ValueError if a market has none."""
    here = [table[table[Observations.location] == node] for table in (real, auction)]
    if any(rows.empty for rows in here):
        raise ValueError(
            f"{node}: {len(here[0])} real-time and {len(here[1])} day-ahead prices in the "
            "source; a battery is settled on both: add the series that is missing"
        )
    return NodePrices(node, intervals(here[0]), *day_ahead(here[1]))


def curves_of(scored: DataFrame[Scored], node: str) -> dict[str, pd.DataFrame]:
    """By model: rows (issue time, hour), a column of probabilities a threshold, for one node."""
    rows = scored[scored[Scored.location] == node]
    keys = [Scored.issue_time, Scored.valid_time]
    return {
        str(model): of.pivot(index=keys, columns=Scored.threshold, values=Scored.probability)
        for model, of in rows.groupby(Scored.model)
    }


def known_at_issue(
    node: NodePrices, curve: pd.DataFrame, config: DispatchSettings, day: date
) -> KnownAtIssue:
    """What is known at issue time of `day` of the two local days after it."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    hours = _hours(config, day, LOOKAHEAD)
    local = hours.tz_convert(tz)
    past = node.real.price[(node.real.publish <= at).to_numpy()].tz_convert(tz)
    mean, highest = past.mean(axis=1), past.max(axis=1).to_numpy()
    probability, x = curve.loc[at].reindex(hours).to_numpy(), curve.columns.to_numpy()
    auction = node.auction[(node.auction_publish <= at).to_numpy()].tz_convert(tz)
    dates = local.normalize()
    return KnownAtIssue(
        local.hour.to_numpy(),
        (dates != dates[0]).astype(np.intp),
        expected(probability, x, mean, highest, local.hour.to_numpy()),
        _same_hour(mean)[local.hour],
        _same_hour(auction)[local.hour],
    )


def perfect_foresight(days: list[DayPrices], battery: Battery, real_time: bool) -> list[Result]:
    """The best any battery could do that knew the prices of all days: one programme for them."""
    real, auction = (np.concatenate(prices) for prices in zip(*days, strict=True))
    hours = [len(prices.auction) for prices in days]
    day = np.repeat(np.arange(len(days)), hours)
    most = np.full(len(auction), battery["power_mw"])
    market = Market(real.ravel(), auction, auction, day, most, most, trade=real_time)
    plan = solve(market, battery, 0.0)
    position = plan.sold - plan.bought
    output = (plan.discharge - plan.charge).reshape(real.shape) + position[:, None]
    by_day = (np.split(of, np.cumsum(hours)[:-1]) for of in (output, position))
    each = zip(*by_day, days, strict=True)
    return [settle(out, sold, prices, battery) for out, sold, prices in each]


def _operate_days(
    strategy: Strategy, known: list[KnownAtIssue], days: Iterable[DayPrices], battery: Battery
) -> list[Result]:
    """One strategy through the window; what is stored at midnight is carried over."""
    stored, results = 0.0, []
    for at_issue, prices in zip(known, days, strict=True):
        result, stored = operate(strategy, at_issue, prices, stored, battery)
        results.append(result)
    return results


def _row(name: str, node: str, day: date, result: Result) -> dict[str, str | float]:
    key = {DispatchDays.rule: name, DispatchDays.location: node}
    operating = (day + timedelta(days=1)).isoformat()
    return {**key, DispatchDays.day: operating, **result._asdict()}


def _observed(node: NodePrices, config: DispatchSettings, day: date) -> DayPrices:
    """Prices of the operating day after issue date `day`."""
    hours = _hours(config, day, 1)
    real, auction = node.real.price.reindex(hours), node.auction.reindex(hours)
    missing = hours[real.isna().any(axis=1).to_numpy() | auction.isna().to_numpy()]
    if len(missing):
        raise ValueError(
            f"{node.name}: {len(missing)} hours of {hours[0]:%Y-%m-%d} lack a real-time or "
            f"day-ahead price, first {missing[0]}: shorten the backtest window or add the prices"
        )
    return DayPrices(np.asarray(real, np.float64), np.asarray(auction, np.float64))


def _hours(config: DispatchSettings, day: date, local_days: int) -> pd.DatetimeIndex:
    """Hours of the local days after issue date `day`, UTC."""
    first, end = (horizon_start(config, day + timedelta(days=n)) for n in (0, local_days))
    return pd.date_range(first, end, freq="h", inclusive="left", unit="us")


def _same_hour(prices: "pd.Series[float]") -> Floats:
    """Latest known price of each local hour: (24,)."""
    latest = prices.groupby(pd.DatetimeIndex(prices.index).hour).last()
    return np.asarray(latest.reindex(range(24)), np.float64)
