"""Figures of what the battery earned."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.figure import Figure

from rtlmp.battery import StrategyName
from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.evaluation.tables import DispatchDays, Revenue
from rtlmp.report.figures import style

DRAWN: Final = (
    StrategyName.FORECAST,
    StrategyName.FORECAST_REAL_TIME,
    StrategyName.DAY_AHEAD,
    StrategyName.PERSISTENCE,
    StrategyName.PERFECT,
)


def earnings(revenue: pd.DataFrame) -> Figure:
    """$/kW-year of every strategy, mean of the nodes, with its share of perfect foresight."""
    pooled = rows_where(revenue, {Revenue.location: ALL})
    rows = rows_where(pooled, {Revenue.measure: "usd_per_kw_year"}).sort_values(Revenue.value)
    perfect = rows_where(pooled, {Revenue.measure: "share_of_perfect"})
    share = perfect.set_index(Revenue.rule)[Revenue.value]
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = figure.subplots()
    ours = rows[Revenue.rule].str.startswith("forecast")
    ax.barh(
        [f"{name} ({share[name]:.0%})" for name in rows[Revenue.rule]], rows[Revenue.value],
        color=np.where(ours, style.BLUE, style.GREY), xerr=style.whiskers(rows), ecolor="black",
        capsize=3,
    )  # fmt: skip
    style.tidy(ax, "$/kW-year, 90 % block-bootstrap interval (share of perfect foresight)", "")
    ax.axvline(0, color="black", linewidth=0.8)
    return figure


def cumulative(days: pd.DataFrame, power_mw: float) -> Figure:
    """Revenue so far of the main strategies, mean of the nodes."""
    mean = days.groupby([DispatchDays.day, DispatchDays.rule])[DispatchDays.revenue].mean()
    total = mean.unstack().cumsum() / power_mw / 1000
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax, day = figure.subplots(), pd.to_datetime(total.index)
    for name, look in zip(DRAWN, style.NODE_LOOKS, strict=False):
        ax.plot(day, total[name], linestyle=look.line, color=look.colour, label=name)
    style.tidy(ax, "operating day (local)", "revenue so far, $/kW")
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.legend(frameon=False)
    return figure
