"""Figures of what the models use, and of what moved a forecast."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from rtlmp.forecast.explain import USUAL
from rtlmp.report.figures.style import (
    BLUE,
    NOTE,
    above,
    local_days,
    panels,
    percent,
    tidy,
    whiskers,
)
from rtlmp.schemas.evaluation import Drivers, Importance

TOP: Final = 20  # features shown
MOST: Final = 4  # factor of a probability at which colours end


def importance(table: pd.DataFrame) -> Figure:
    """Share of gain of the strongest features, with the range over dated models."""
    rows = table.head(TOP).iloc[::-1]
    figure, (ax,) = panels(1, 5.2)
    figure.set_figwidth(7)
    bars = whiskers(*(rows[c] for c in (Importance.share, Importance.low, Importance.high)))
    ax.barh(rows[Importance.feature], rows[Importance.share], color=BLUE, xerr=bars, ecolor="0.4")
    tidy(ax, "share of the models' gain", "")
    ax.xaxis.set_major_locator(MultipleLocator(0.05))
    percent(ax, "x", decimals=0)
    return figure


def explanation(table: pd.DataFrame, tz: str, threshold: float) -> Figure:
    """Hour by hour, how much the strongest features multiply P(> `threshold`) of one node."""
    rows = table[table[Drivers.threshold] == threshold]
    wide = rows.pivot(index=Drivers.feature, columns=Drivers.valid_time, values=Drivers.effect)
    hours = pd.DatetimeIndex(wide.columns).tz_convert(tz)
    edges = mdates.date2num(hours.append(hours[-1:] + pd.Timedelta("1h")))
    effects = wide.drop(index=USUAL)
    shown = effects.loc[effects.abs().mean(axis=1).nlargest(TOP).index]
    figure = Figure(figsize=(10, 7), layout="constrained")
    top, heat = figure.subplots(2, 1, sharex=True, height_ratios=(1, 4))
    top.stairs(100 * np.exp(wide.sum()), edges, color=BLUE)
    node = rows[Drivers.location].iloc[0]
    tidy(top, "", "P, %", f"{node}, {above(threshold)}: what moves the probability")
    top.set_ylim(bottom=0)
    reach = np.log(MOST)
    mesh = heat.pcolormesh(
        edges, np.arange(len(shown) + 1), shown, cmap="RdBu_r", vmin=-reach, vmax=reach
    )
    heat.set_yticks(np.arange(len(shown)) + 0.5, shown.index, fontsize=NOTE)
    heat.invert_yaxis()
    local_days(heat, hours.tz)
    ticks = [1 / MOST, 1 / 2, 1, 2, MOST]
    bar = figure.colorbar(mesh, ax=heat, ticks=np.log(ticks), extend="both")
    bar.set_ticklabels([f"x {t:.3g}" for t in ticks])
    bar.set_label("factor of the probability")
    return figure
