"""What a PPA or a toll is worth to its buyer, from days of price and generation as they came.

1. A day of a PPA: generation x (price at the node less the price paid), whole local days only. A
   plant is a series, scaled to `mw` in its largest hour, or a share of `mw` by local hour.
2. Shape: price weighted by generation less flat mean; capture rate: their ratio. Basis: node less
   hub, so weighted. A deviation: of what a day comes to. A toll: the battery's revenue on the
   forecast, energy only, less the payment; other prices leave its dispatch as it was.
3. NPV: years of 365 days drawn in blocks, price and generation together, each paid at its end.
4. A load's price: the flat mean; shaping, what its usual hours of the day in a month add; variable
   load risk, what load and price that move together within them add; and costs as the config has.
"""

from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.battery import StrategyName
from rtlmp.battery.revenue import YEAR, bounded, resampled_days, revenue_rows
from rtlmp.config.jobs import ContractSettings
from rtlmp.config.kinds import COSTS, Battery, Contract
from rtlmp.evaluation.losses import block_days, bootstrap_weights, interval
from rtlmp.evaluation.scores import Score
from rtlmp.evaluation.tables import Components, Costs, DispatchDays, Revenue
from rtlmp.schemas.core import Observations as Rows
from rtlmp.settlement import blocks
from rtlmp.settlement.blocks import DA, LOAD, RT, by_month, hourly_table, shaping

Levels = Mapping[float, Floats]  # days of a contract by factor of prices
Prices = Mapping[str, pd.DataFrame]  # of a node (hours, markets), local time
DAYS, CASH, MWH, AT_NODE, AT_HUB, PRICE, HOURS = range(7)  # columns of a contract's days
LENGTH: Final = 365  # days of a year that is drawn
PATHS: Final = 1000
QUANTILES: Final = (5, 25, 50, 75, 95)  # %
CASES: Final = {  # factor of prices, added to the discount rate
    "": (1.0, 0.0), "_price_x0.8": (0.8, 0.0), "_price_x1.2": (1.2, 0.0),
    "_rate_plus_2": (1.0, 0.02), "_rate_minus_2": (1.0, -0.02),
}  # fmt: skip
MEASURES: Final[dict[str, Callable[[Floats], Floats]]] = {  # sums (columns, draws) -> (draws,)
    "usd_per_year": lambda s: s[CASH] / s[DAYS] * YEAR,
    "mwh_per_year": lambda s: s[MWH] / s[DAYS] * YEAR,
    "usd_per_mwh": lambda s: s[CASH] / s[MWH],
    "capture_price_usd_per_mwh": lambda s: s[AT_NODE] / s[MWH],
    "capture_rate": lambda s: s[AT_NODE] / s[MWH] / (s[PRICE] / s[HOURS]),
    "shape_usd_per_mwh": lambda s: s[AT_NODE] / s[MWH] - s[PRICE] / s[HOURS],
    "basis_usd_per_mwh": lambda s: (s[AT_NODE] - s[AT_HUB]) / s[MWH],
}


def contract_table(
    config: ContractSettings, prices: Prices, plants: pd.DataFrame, days: pd.DataFrame
) -> DataFrame[Revenue]:
    """Measures of each contract, `location` its name and `rule` its kind, from `hourly_prices`,
    observed generation and days of dispatch. Raises ValueError where one has no whole day."""
    rows = list[tuple[object, ...]]()
    for name, of in config["contracts"].items():
        kind, levels = of["terms"][0], {level for level, _ in CASES.values()}
        toll = {x: toll_days(of, days, config["battery"], x) for x in levels if kind == "toll"}
        daily = toll or {x: ppa_days(of, prices, plants, x) for x in levels}
        if not len(daily[1]):
            made = plants[[Rows.series, Rows.location]].drop_duplicates()
            held = [*prices, *made.agg(" of ".join, axis=1)]
            raise ValueError(f"contracts.{name}: no whole day of {of} in the source: it has {held}")
        rows += [(name, kind, m, *score) for m, score in _scores(daily, of, config["seed"])]
    return revenue_rows(rows)


def ppa_days(of: Contract, prices: Prices, plants: pd.DataFrame, level: float) -> Floats:
    """(days, columns), prices x `level`: of days whose hours all have prices and generation."""
    side = DA if of.get("price") else RT
    table = pd.DataFrame({at: of_node[side] for at, of_node in prices.items()}, dtype=float)
    hours = pd.DatetimeIndex(table.index)
    node, hub = table.reindex(columns=[of["node"], of["hub"]]).to_numpy().T * level
    paid = np.array(of["terms"][1:], np.float64).ravel()  # one; floor and cap; by hour
    match of["terms"][0]:
        case "collar":
            paid = np.clip(node, *np.sort(paid))
        case "shape":
            paid = paid[hours.hour]
        case "hub_plus":
            paid = hub + paid
    mwh = of["mw"] * _generation(of, plants, hours)
    columns = [mwh * (node - paid), mwh, mwh * node, mwh * hub, node, 0 * node + 1]
    hourly = pd.DataFrame(np.array(columns).T, hours, range(CASH, HOURS + 1)).dropna()
    daily = hourly.groupby(pd.DatetimeIndex(hourly.index).normalize()).sum()
    daily.insert(DAYS, DAYS, 1.0)
    return daily[daily[HOURS] >= blocks.WHOLE].to_numpy()


def toll_days(of: Contract, days: pd.DataFrame, battery: Battery, level: float) -> Floats:
    """As of a PPA that delivers nothing: revenue on the forecast less the payment."""
    at = [DispatchDays.location, DispatchDays.rule]
    here = days[(days[at] == [of["node"], StrategyName.FORECAST]).all(axis=1)]
    wear = here[DispatchDays.discharged] * battery["wear_usd_mwh"]
    earned = ((here[DispatchDays.revenue] + wear) * level - wear) / battery["power_mw"]
    paid = np.array(of["terms"][1:], np.float64) * 1000 * 12 / YEAR  # a MW and day
    cash = (earned.to_numpy()[:, None] - paid) * of["mw"]
    return np.pad(cash, ((0, 0), (CASH, HOURS - CASH))) + (np.arange(HOURS + 1) == DAYS)


def npv(cash: Floats, years: int, rate: float, seed: int) -> Floats:
    """Of years drawn from days (days,): (PATHS,)."""
    drawn = block_days(len(cash), LENGTH, PATHS * years, seed)
    yearly = cash[drawn].sum(axis=1).reshape(PATHS, years)
    return np.asarray(yearly @ (1 + rate) ** -np.arange(1.0, years + 1))


def costs(
    prices: Prices, parts: DataFrame[Components], hierarchy: Mapping[str, str | tuple[str, float]]
) -> DataFrame[Costs]:
    """USD/MWh of the load by node, month and market: of each cost, and of a parent the sum."""
    key = [Costs.location, Costs.month, Costs.market]
    rows = {
        (node, month, side): _load_costs(of, side)
        for node, table in prices.items()
        for month, of in by_month(table.dropna() if table[LOAD].any() else table)
        for side in (DA, RT)
    }
    known = pd.DataFrame.from_dict(rows, "index").rename_axis(index=key)
    known = known.join(parts[parts[Components.block] == blocks.WEEK].set_index(key)[blocks.NAMES])
    known = known.assign(**{k: of[1] for k, of in hierarchy.items() if not isinstance(of, str)})
    parent = {k: of if isinstance(of, str) else of[0] for k, of in hierarchy.items()}
    below = {top: [k for k in parent if parent[k] == top] for top in parent.values()}
    order = [*TopologicalSorter(below).static_order()]
    for cost in filter(below.__contains__, order):
        known[cost] = known[below[cost]].sum(axis=1, skipna=False)
    long = known[order].melt(var_name=Costs.cost, value_name=Costs.value, ignore_index=False)
    return Costs.validate(long.assign(parent=long[Costs.cost].map(parent).fillna("")).reset_index())


def _load_costs(table: pd.DataFrame, side: str) -> dict[str, float]:
    """Of (hours, columns): three costs that sum to the price of the load."""
    at = pd.DatetimeIndex(table.index)
    usual = table.groupby([at.year, at.month, at.hour]).transform("mean")
    whole, shaped = (shaping(of[side], of[LOAD]) for of in (table, usual))
    each = table[side].mean(), shaped, whole - shaped
    return dict(zip(COSTS, each, strict=False))  # its parts are of another table


def _generation(of: Contract, plants: pd.DataFrame, hours: pd.DatetimeIndex) -> Floats:
    """Share of `mw` in each hour, NaN where it is not known."""
    plant = of.get("generation", [1.0] * 24)
    if not isinstance(plant, tuple):
        return np.array(plant)[hours.hour]
    mine = (plants[[Rows.series, Rows.location]] == [*plant]).all(axis=1)
    made = hourly_table(plants[mine], Rows.location).reindex(hours).clip(lower=0)
    return (made / made.max()).reindex(columns=plant[1:]).to_numpy()[:, 0]


def _scores(daily: Levels, of: Contract, seed: int) -> Iterator[tuple[str, Score]]:
    """Each measure with its interval; NPV with other prices and discount rates, too."""
    days = daily[1]
    weights, (_, cash, mwh, node, hub, price, hours) = bootstrap_weights(len(days), seed), days.T
    yield "days", (float(len(days)), np.nan, np.nan)
    for measure, total in MEASURES.items() if mwh.any() else [*MEASURES.items()][:1]:
        yield measure, bounded(total(days.sum(axis=0)[:, None]), total((weights @ days).T))
    risks = {"shape": node - mwh * price / hours, "basis": node - hub} if mwh.any() else {}
    for name, x in {"value": cash, **risks}.items():
        drawn = resampled_days(x, weights).std(axis=1)
        yield f"{name}_deviation_usd_per_day", bounded(x[None].std(axis=1), drawn)
    for case, (level, more) in CASES.items():
        drawn = npv(daily[level][:, CASH], of["years"], of["discount_rate"] + more, seed)
        yield f"npv_usd{case}", (float(drawn.mean()), *interval(drawn))
        for q in () if case else QUANTILES:
            yield f"npv_usd_p{q}", (float(np.percentile(drawn, q)), np.nan, np.nan)
