"""Figures of what the battery earned."""

from typing import Final

import pandas as pd
from matplotlib import dates as mdates
from matplotlib.figure import Figure

from rtlmp.figures.style import BLUE, GREY, NODE_LOOKS, tidy, whiskers
from rtlmp.findings import Settled, Worth
from rtlmp.metrics import ALL

DRAWN: Final = ("forecast", "forecast_real_time", "day_ahead", "persistence", "perfect_foresight")


def earnings(worth: pd.DataFrame) -> Figure:
    """$/kW-year of every strategy, mean of the nodes, with its share of perfect foresight."""
    rows = worth[worth[Worth.location] == ALL]
    money = rows[rows[Worth.measure] == "usd_per_kw_year"].sort_values(Worth.value)
    share = rows[rows[Worth.measure] == "share_of_perfect"].set_index(Worth.rule)[Worth.value]
    figure = Figure(figsize=(8, 4), layout="constrained")
    ax = figure.subplots()
    bars = whiskers(*(money[c] for c in (Worth.value, Worth.low, Worth.high)))
    ours = [BLUE if name.startswith("forecast") else GREY for name in money[Worth.rule]]
    names = [f"{n} ({share[n]:.0%})" for n in money[Worth.rule]]
    ax.barh(names, money[Worth.value], color=ours, xerr=bars, ecolor="black", capsize=3)
    tidy(ax, "$/kW-year, 90 % block-bootstrap interval (share of perfect foresight)", "")
    ax.axvline(0, color="black", linewidth=0.8)
    return figure


def cumulative(settled: pd.DataFrame, power_mw: float) -> Figure:
    """Revenue so far of the main strategies, mean of the nodes."""
    rows = settled.groupby([Settled.day, Settled.rule])[Settled.revenue].mean().unstack()
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
