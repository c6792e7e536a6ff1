"""Figures of what the battery earned."""

from typing import Final

import pandas as pd
from matplotlib import dates as mdates
from matplotlib.figure import Figure

from rtlmp.evaluation.scores import ALL
from rtlmp.report.figures.style import BLUE, GREY, NODE_LOOKS, tidy, whiskers
from rtlmp.schemas.evaluation import DispatchDays, Revenue

DRAWN: Final = ("forecast", "forecast_real_time", "day_ahead", "persistence", "perfect_foresight")


def earnings(worth: pd.DataFrame) -> Figure:
    """$/kW-year of every strategy, mean of the nodes, with its share of perfect foresight."""
    rows = worth[worth[Revenue.location] == ALL]
    money = rows[rows[Revenue.measure] == "usd_per_kw_year"].sort_values(Revenue.value)
    share = rows[rows[Revenue.measure] == "share_of_perfect"].set_index(Revenue.rule)[Revenue.value]
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = figure.subplots()
    ours = [BLUE if name.startswith("forecast") else GREY for name in money[Revenue.rule]]
    names = [f"{n} ({share[n]:.0%})" for n in money[Revenue.rule]]
    ax.barh(
        names, money[Revenue.value], color=ours, xerr=whiskers(money), ecolor="black", capsize=3
    )
    tidy(ax, "$/kW-year, 90 % block-bootstrap interval (share of perfect foresight)", "")
    ax.axvline(0, color="black", linewidth=0.8)
    return figure


def cumulative(settled: pd.DataFrame, power_mw: float) -> Figure:
    """Revenue so far of the main strategies, mean of the nodes."""
    rows = (
        settled.groupby([DispatchDays.day, DispatchDays.rule])[DispatchDays.revenue]
        .mean()
        .unstack()
    )
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = figure.subplots()
    total = rows.cumsum() / power_mw / 1000
    for name, style in zip(DRAWN, NODE_LOOKS, strict=False):
        ax.plot(
            pd.to_datetime(total.index), total[name], style.line, color=style.colour, label=name
        )
    tidy(ax, "operating day (local)", "revenue so far, $/kW")
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.legend(frameon=False)
    return figure
