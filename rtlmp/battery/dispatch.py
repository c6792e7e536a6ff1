"""A node's window of operating days under every strategy: prices, what was known, results."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.battery import CALM, StrategyName, Stress
from rtlmp.battery.programme import DayPrices, Index, stressed
from rtlmp.battery.strategies import STRATEGIES, KnownAtIssue, operate, perfect_foresight
from rtlmp.catalog import BY_NAME, MARKETS
from rtlmp.clock import gate_closure, instant, issue_time
from rtlmp.config.jobs import DispatchSettings
from rtlmp.evaluation.tables import DispatchDays
from rtlmp.schemas.core import Observations, Scored

LOOKAHEAD: Final = 2  # local days planned for at issue time
RECENT: Final = 28  # days whose hours of day stand for the lowest class
STANDS: Final = pd.Timedelta("1h")  # a SCED price stands this long without a new run


class NodePrices(NamedTuple):
    """All prices of one node, USD/MWh, an hour a row; and when the last of each was public."""

    name: str
    real: pd.DataFrame  # (hours, intervals)
    real_publish: "pd.Series[pd.Timestamp]"
    auction: "pd.Series[float]"
    auction_publish: "pd.Series[pd.Timestamp]"


def dispatch_days(
    node: NodePrices, curves: Mapping[str, pd.DataFrame], config: DispatchSettings,
    days: Iterable[date], rules: Collection[str] = (*StrategyName,), stress: Stress = CALM,
) -> DataFrame[DispatchDays]:  # fmt: skip
    """Every strategy's operating days; `curves` holds a model's (issue, hour) x threshold table.
    `stress` moves the prices that come, and nothing of what was known before."""
    observed = {day: stressed(observed_on(node, config, day), stress) for day in days}
    strategies = {name: of for name, of in STRATEGIES.items() if name in rules}
    known = {
        model: [known_at_issue(node, curves[model], config, day) for day in observed]
        for model in {of.curve for of in strategies.values()}
    }
    prices, battery = [*observed.values()], config["battery"]
    results = {
        name: operate(strategy, known[strategy.curve], prices, battery)
        for name, strategy in strategies.items()
    }
    for name in (StrategyName.PERFECT, StrategyName.DAY_AHEAD_PERFECT):
        if name in rules:
            results[name] = perfect_foresight(prices, battery, name == StrategyName.PERFECT)
    rows = [
        {DispatchDays.rule: name, DispatchDays.location: node.name,
         DispatchDays.day: (day + timedelta(days=1)).isoformat(), **result._asdict()}
        for name, of in results.items()
        for day, result in zip(observed, of, strict=True)
    ]  # fmt: skip
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
    return NodePrices(node, *intervals(here[0]), *day_ahead(here[1]))


def curves_of(scored: DataFrame[Scored], node: str) -> dict[str, pd.DataFrame]:
    """By model: rows (issue time, hour), a column of probabilities a threshold, for one node."""
    rows = scored[scored[Scored.location] == node]
    keys = [Scored.issue_time, Scored.valid_time]
    return {
        str(model): of.pivot(index=keys, columns=Scored.threshold, values=Scored.probability)
        for model, of in rows.groupby(Scored.model)
    }


def intervals(rows: pd.DataFrame) -> tuple[pd.DataFrame, "pd.Series[pd.Timestamp]"]:
    """The price of every settlement interval of a node: the mean of the runs that start in it;
    and when the last interval of each hour became public.

    A price stands until the next run; a gap of more than an hour raises.
    """
    step = pd.Timedelta(BY_NAME[rows[Observations.series].iloc[0]].step)
    rows = rows.drop_duplicates(Observations.valid_time)
    price = rows.groupby(rows[Observations.valid_time].dt.floor(step))[Observations.value].mean()
    whole = pd.date_range(price.index[0].ceil("h"), price.index[-1], freq=step)
    whole = whole[: len(whole) // (n := int(STANDS / step)) * n]
    filled = price.reindex(whole).ffill(limit=n)
    if (gap := filled.isna()).any():
        raise ValueError(
            f"{rows[Observations.location].iloc[0]}: no real-time price within {STANDS} before "
            f"{filled[gap].index[0]} and {int(gap.sum()) - 1} more intervals: "
            "move backtest.start or backtest.end, or fill the source"
        )
    table = pd.DataFrame(filled.to_numpy().reshape(-1, n), whole[::n])
    publish = rows.groupby(rows[Observations.valid_time].dt.floor("h"))[Observations.publish_time]
    return table, publish.max().reindex(table.index).ffill()


def day_ahead(rows: pd.DataFrame) -> tuple["pd.Series[float]", "pd.Series[pd.Timestamp]"]:
    """Price and publish time of each hour of a node, as first published."""
    first = rows.sort_values(Observations.publish_time, kind="stable")
    hours = first.drop_duplicates(Observations.valid_time).set_index(Observations.valid_time)
    hours = hours.sort_index()
    return hours[Observations.value], hours[Observations.publish_time]


def classes(curve: Floats) -> Floats:
    """P(highest price in each class between thresholds): (hours, x) -> (hours, x + 1)."""
    edge = np.ones((len(curve), 1))
    return np.clip(-np.diff(np.hstack([edge, curve, 0 * edge])), 0, None)


def expected(
    curve: Floats, thresholds: Floats, past: "pd.Series[float]", highest: Floats, hour: Index
) -> Floats:
    """E[mean price] of hours (hours,) whose local hour of day is `hour`, USD/MWh.

    Every class of an hour's highest price has the mean price that hours of `past` (local time)
    with such a `highest` had; a class not seen yet has its lower edge.
    """
    reached = np.searchsorted(thresholds, highest, side="left")
    price = past.to_numpy()
    upper = [price[reached == k].mean() if (reached == k).any() else x
             for k, x in enumerate(thresholds, 1)]  # fmt: skip
    recent = past[(reached == 0) & (past.index > past.index[-1] - pd.Timedelta(days=RECENT))]
    quiet = recent.groupby(pd.DatetimeIndex(recent.index).hour).mean()
    lowest = quiet.reindex(range(24)).fillna(recent.mean()).to_numpy()[hour]
    share = classes(curve)
    return share[:, 0] * lowest + share[:, 1:] @ np.array(upper)


def known_at_issue(
    node: NodePrices, curve: pd.DataFrame, config: DispatchSettings, day: date
) -> KnownAtIssue:
    """What is known at issue time of `day` of the two local days after it."""
    at, tz = pd.Timestamp(issue_time(config, day)), MARKETS[config["market"]].tz
    if at > (closes := gate_closure(config, day)):
        raise ValueError(f"value: issued {at}, but day-ahead offers were due at {closes}")
    hours = hours_of(config, day, LOOKAHEAD)
    local = hours.tz_convert(tz)
    past = node.real[(node.real_publish <= at).to_numpy()].tz_convert(tz)
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


def observed_on(node: NodePrices, config: DispatchSettings, day: date) -> DayPrices:
    """Prices of the operating day after issue date `day`."""
    hours = hours_of(config, day, 1)
    real, auction = node.real.reindex(hours), node.auction.reindex(hours)
    missing = hours[real.isna().any(axis=1).to_numpy() | auction.isna().to_numpy()]
    if len(missing):
        raise ValueError(
            f"{node.name}: {len(missing)} hours of {hours[0]:%Y-%m-%d} lack a real-time or "
            f"day-ahead price, first {missing[0]}: shorten the backtest window or add the prices"
        )
    return DayPrices(np.asarray(real, np.float64), np.asarray(auction, np.float64))


def hours_of(config: DispatchSettings, day: date, local_days: int) -> pd.DatetimeIndex:
    """Hours of the local days after issue date `day`, UTC."""
    tz = MARKETS[config["market"]].tz
    first, end = (instant(day + timedelta(days=n), "00:00", tz) for n in (1, 1 + local_days))
    return pd.date_range(first, end, freq="h", inclusive="left", unit="us")


def _same_hour(prices: "pd.Series[float]") -> Floats:
    """Latest known price of each local hour: (24,)."""
    latest = prices.groupby(pd.DatetimeIndex(prices.index).hour).last()
    return np.asarray(latest.reindex(range(24)), np.float64)
