"""Figures of the forecasts beside the prices that came."""

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.figure import Figure

from rtlmp.evaluation.scores import ALL
from rtlmp.report.figures.data import LOCAL, RATE, SHARE
from rtlmp.report.figures.style import (
    NODE_LOOKS,
    above,
    legend_above,
    local_days,
    panels,
    percent,
    ramp,
    tidy,
    whiskers,
)
from rtlmp.schemas.core import Metrics, Scored


def timeline(table: pd.DataFrame, node: str) -> Figure:
    """Probabilities of lead day 1 over a week, and the highest price of each hour."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 1])
    colours = ramp(c for c in table if c != Scored.max_price)
    hours = pd.DatetimeIndex(table.index)
    edges = mdates.date2num(hours.append(hours[-1:] + pd.Timedelta("1h")))
    for x in colours:
        upper.stairs(table[x], edges, color=colours[x], label=above(x), linewidth=1.6)
        lower.axhline(x, color=colours[x], linewidth=1)
    lower.stairs(
        table[Scored.max_price].clip(lower=1), edges, color="black", linewidth=1.2, baseline=None
    )
    lower.set_yscale("log")
    lower.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    tidy(upper, "", "probability, lead day 1")
    upper.set_ylim(bottom=0)
    percent(upper, "y")
    tidy(lower, "", "highest real-time price\nof the hour, $/MWh")
    local_days(lower, hours.tz)
    lower.set_xlim(edges[0], edges[-1])
    legend_above(figure, upper, f"{node}: P(an interval of the hour above) and what came")
    return figure


def heat_map(table: pd.DataFrame) -> Figure:
    """Forecast and observed spike frequency by threshold and local hour."""
    figure, axes = panels(2, 2.6, 2)
    figure.set_size_inches(9, 3)
    top = table[[Scored.probability, RATE]].to_numpy().max()
    for ax, (column, title) in zip(
        axes,
        {Scored.probability: "forecast: mean probability", RATE: "came: share of hours"}.items(),
        strict=True,
    ):
        wide = table.pivot(index=Scored.threshold, columns=LOCAL, values=column)
        image = ax.pcolormesh(
            np.arange(25), np.arange(len(wide) + 1), np.maximum(wide, 1e-4), cmap="cividis",
            norm="log", vmin=1e-3, vmax=top,
        )  # fmt: skip
        tidy(ax, "local hour", "threshold, $/MWh", title)
        ax.grid(visible=False)
        ax.set_xticks(range(0, 25, 4))
        ax.set_yticks(np.arange(len(wide)) + 0.5, [f"{x:g}" for x in wide.index])
    bar = figure.colorbar(image, ax=axes, label="spike frequency, lead day 1")
    bar.ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:g} %")
    return figure


def comparison(metrics: pd.DataFrame, score: str, label: str) -> Figure:
    """`score` of the model by node, a panel a threshold, with bootstrap intervals."""
    rows = metrics[
        (metrics[Metrics.metric] == score)
        & (metrics[Metrics.lead_day] == 0)
        & (metrics[Metrics.model] == "model")
    ]
    figure, axes = panels(rows[Metrics.threshold].nunique())
    for ax, (x, of) in zip(axes, rows.groupby(Metrics.threshold), strict=True):
        places = [ALL, *sorted(set(of[Metrics.location]) - {ALL})]
        of = of.set_index(Metrics.location).loc[places]
        for k, place in enumerate(places):
            one = of.loc[[place]]
            bars = whiskers(*(one[c] for c in (Metrics.value, Metrics.low, Metrics.high)))
            style = NODE_LOOKS[k % len(NODE_LOOKS)]
            ax.errorbar(
                one[Metrics.value], [k], xerr=bars, fmt=style.marker, color=style.colour, capsize=3
            )
        ax.axvline(0, color="black", linewidth=0.8)
        tidy(ax, label, "", above(x))
        ax.set_yticks(range(len(places)), places if ax is axes[0] else [""] * len(places))
        ax.set_ylim(len(places) - 0.5, -0.5)
    return figure


def duration(table: pd.DataFrame) -> Figure:
    """Price duration: how many of the hours reach a price."""
    figure, (ax,) = panels(1, 3.8)
    for k, (node, rows) in enumerate(table.groupby(Scored.location)):
        style = NODE_LOOKS[k % len(NODE_LOOKS)]
        ax.plot(
            rows[SHARE],
            rows[Scored.max_price].clip(lower=1),
            style.line,
            color=style.colour,
            label=node,
        )
    ax.set(xscale="log", yscale="log")
    tidy(ax, "share of hours (log)", "highest price of the hour, $/MWh (log)")
    ax.xaxis.set_major_formatter(lambda v, _: f"{100 * v:g} %")
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    ax.legend(frameon=False)
    return figure
