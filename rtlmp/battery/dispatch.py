"""A window of operating days under every strategy, and what that says of each."""

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
from rtlmp.config.jobs import DispatchSettings
from rtlmp.schemas.core import Observations, Scored
from rtlmp.schemas.evaluation import DispatchDays

LOOKAHEAD: Final = 2  # local days a morning plans for
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
    issued = list(days)
    mornings = {
        model: [known_at_issue(node, curve, config, day) for day in issued]
        for model, curve in curves.items()
    }
    rows = [
        row
        for name, strategy in STRATEGIES.items()
        for row in _run(name, strategy, node, mornings[strategy.curve], config, issued)
    ]
    rows += perfect_foresight(PERFECT, node, config, issued, real_time=True)
    rows += perfect_foresight(AUCTION_PERFECT, node, config, issued, real_time=False)
    return DispatchDays.validate(pd.DataFrame(rows))


def node_prices(
    node: str, real: DataFrame[Observations], auction: DataFrame[Observations]
) -> NodePrices:
    """The prices of `node`. Raises ValueError if a market has none."""
    parts = [table[table[Observations.location] == node] for table in (real, auction)]
    if any(part.empty for part in parts):
        raise ValueError(
            f"{node}: {len(parts[0])} real-time and {len(parts[1])} day-ahead prices in the "
            "source; a battery is settled on both: add the series that is missing"
        )
    price, publish = day_ahead(parts[1])
    return NodePrices(node, intervals(parts[0])[node], price[node], publish[node])


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
    asked, x = curve.loc[at].reindex(hours).to_numpy(), curve.columns.to_numpy()
    auction = node.auction[(node.auction_publish <= at).to_numpy()].tz_convert(tz)
    dates = local.normalize()
    return KnownAtIssue(
        local.hour.to_numpy(),
        (dates != dates[0]).astype(np.intp),
        expected(asked, x, mean, highest, local.hour.to_numpy()),
        _same_hour(mean)[local.hour],
        _same_hour(auction)[local.hour],
    )


def perfect_foresight(
    name: str, node: NodePrices, config: DispatchSettings, issued: list[date], real_time: bool
) -> list[dict[str, str | float]]:
    """The best any battery could do that knew the window's prices: one programme for all days."""
    came = [_came(node, config, day) for day in issued]
    real, auction = (np.concatenate(parts) for parts in zip(*came, strict=True))
    day = np.repeat(np.arange(len(came)), [len(c.auction) for c in came])
    most = np.full(len(auction), config["battery"]["power_mw"])
    market = Market(real.ravel(), auction, auction, day, most, most, trade=real_time)
    plan = solve(market, config["battery"], 0.0)
    position = plan.sold - plan.bought
    output = (plan.discharge - plan.charge).reshape(real.shape) + position[:, None]
    ends = np.cumsum([len(c.auction) for c in came])[:-1]
    parts = zip(issued, came, np.split(output, ends), np.split(position, ends), strict=True)
    return [
        _row(name, node.name, day, settle(out, sold, prices, config["battery"]))
        for day, prices, out, sold in parts
    ]


def _run(
    name: str,
    strategy: Strategy,
    node: NodePrices,
    mornings: list[KnownAtIssue],
    config: DispatchSettings,
    issued: list[date],
) -> list[dict[str, str | float]]:
    """One strategy through the window; what is stored at midnight is carried over."""
    stored, rows = 0.0, []
    for day, known in zip(issued, mornings, strict=True):
        came = _came(node, config, day)
        result, stored = operate(strategy, known, came, stored, config["battery"])
        rows.append(_row(name, node.name, day, result))
    return rows


def _row(name: str, node: str, day: date, result: Result) -> dict[str, str | float]:
    return {
        DispatchDays.rule: name,
        DispatchDays.location: node,
        DispatchDays.day: (day + timedelta(days=1)).isoformat(),
        DispatchDays.revenue: result.revenue,
        DispatchDays.day_ahead: result.day_ahead,
        DispatchDays.charged: result.charged,
        DispatchDays.discharged: result.discharged,
    }


def _came(node: NodePrices, config: DispatchSettings, day: date) -> DayPrices:
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
