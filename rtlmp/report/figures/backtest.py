"""Figures of the forecasts and the prices observed; and all of a backtest's, by name."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from rtlmp.report.figures import data, drivers, quality, skill, style
from rtlmp.report.figures.data import LOCAL, RATE, SHARE, BacktestResults
from rtlmp.schemas.core import Scored


def timeline(results: BacktestResults) -> Figure:
    """Probabilities of lead day 1 over a week, and the highest price of each hour."""
    table = data.timeline_table(results.scored, results.node, results.tz)
    figure = Figure(figsize=(9, 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    hours = pd.DatetimeIndex(table.index)
    edges, price = style.hour_edges(hours), table.pop(Scored.max_price)
    for x, colour in style.ramp(table).items():
        upper.stairs(table[x], edges, color=colour, label=style.above(x), linewidth=1.6)
        lower.axhline(x, color=colour, linewidth=1)
    lower.stairs(price.clip(lower=1), edges, color="black", linewidth=1.2, baseline=None)
    lower.set_yscale("log")
    lower.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    style.tidy(upper, "", "probability, lead day 1")
    upper.set_ylim(0, max(0.1, upper.get_ylim()[1]))  # .4 % is not to look like 28 %
    style.percent(upper, "y")
    style.tidy(lower, f"local time ({hours.tz})", "highest real-time price\nof the hour, $/MWh")
    style.local_time(lower, hours)
    style.legend_above(
        figure, upper, f"{results.node}: P(an interval of the hour above) and what came"
    )
    return figure


def heat_map(results: BacktestResults) -> Figure:
    """Forecast and observed spike frequency by threshold and local hour."""
    table = data.by_hour(results.scored, results.tz)
    figure, axes = style.panels(2)
    figure.set_size_inches(9, 3)
    titles = {Scored.probability: "forecast: mean probability", RATE: "came: share of hours"}
    for ax, (column, title) in zip(axes, titles.items(), strict=True):
        wide = table.pivot(index=Scored.threshold, columns=LOCAL, values=column)
        image = ax.pcolormesh(
            np.arange(25), np.arange(len(wide) + 1), np.maximum(wide, 1e-4), cmap="cividis",
            norm="log", vmin=1e-3, vmax=table[[*titles]].to_numpy().max(),
        )  # fmt: skip
        style.tidy(ax, "local hour", "threshold, $/MWh", title)
        ax.grid(visible=False)
        ax.set_xticks(range(0, 25, 4))
        ax.set_yticks(np.arange(len(wide)) + 0.5, [f"{x:g}" for x in wide.index])
    bar = figure.colorbar(image, ax=axes, label="spike frequency, lead day 1")
    bar.ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:g} %")
    return figure


def duration(results: BacktestResults) -> Figure:
    """Price duration: how many of the hours reach a price."""
    figure, (ax,) = style.panels(1, 3.8)
    for k, (node, rows) in enumerate(data.duration_table(results.scored).groupby(Scored.location)):
        look, price = style.look(str(node), k), rows[Scored.max_price].clip(lower=1)
        ax.plot(rows[SHARE], price, linestyle=look.line, color=look.colour, label=node)
    ax.set(xscale="log", yscale="log")
    style.tidy(ax, "share of hours (log)", "highest price of the hour, $/MWh (log)")
    ax.xaxis.set_major_formatter(lambda v, _: f"{100 * v:g} %")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.legend(frameon=False)
    return figure


DRAWN: Final = (timeline, heat_map, duration, *quality.FIGURES, *skill.FIGURES, *drivers.FIGURES)
FIGURES: Final[dict[str, Callable[[BacktestResults], Figure]]] = {of.__name__: of for of in DRAWN}
