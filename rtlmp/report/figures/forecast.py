"""Figures: one function each; local time, units on axes, colours for the colour-blind too."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.config import threshold_name
from rtlmp.io.files import atomic
from rtlmp.report.figures.style import BLUE
from rtlmp.schemas.core import Bounded, Flagged, Forecast

NIGHT: Final = (20, 7)  # local hours between which the background is shaded


def forecast_figure(rows: pd.DataFrame, tz: str, title: str) -> Figure:
    """The 72 hours of one node, a panel a threshold: probability, 90 % bounds, nights shaded."""
    thresholds = np.sort(rows[Forecast.threshold].unique())
    columns = min(len(thresholds), 2)
    height = 2.2 * -(-len(thresholds) // columns) + 0.6
    figure = Figure(figsize=(5.5 * columns, height), layout="constrained")
    grid = figure.subplots(-(-len(thresholds) // columns), columns, sharex=True, squeeze=False)
    for axes in grid.ravel()[len(thresholds) :]:
        axes.remove()
    hours = pd.DatetimeIndex(rows[Forecast.valid_time]).tz_convert(tz)
    for axes, x in zip(grid.ravel(), thresholds, strict=False):
        _line(axes, rows[rows[Forecast.threshold] == x], tz)
        _clock(axes, hours)
        axes.set_title(f"> ${threshold_name(x)}/MWh", fontsize=10, loc="left")
    first = rows.iloc[0]
    issued = first[Forecast.issue_time].tz_convert(tz)
    figure.suptitle(
        f"{first[Forecast.location]}: chance that an interval of the hour is priced above, issued "
        f"{issued:%a %d %b %Y %H:%M %Z}  ({title}, model of {first[Forecast.model_date]})",
        fontsize=10,
    )
    figure.supylabel("probability, %; shaded: 90 % bounds", fontsize=9)
    note = f"start of the hour, local time ({hours.tz})"
    figure.supxlabel(note, fontsize=9)
    if Flagged.stale in rows and (stale := first[Flagged.stale]):
        figure.supxlabel(f"made with old or missing data: {stale}", color="crimson", fontsize=9)
    return figure


def save_figure(figure: Figure, path: str | Path) -> None:
    """PNG of fixed bytes: no software name, no date."""
    atomic(path, lambda tmp: figure.savefig(tmp, dpi=130, metadata={"Software": None}))


def _line(axes: Axes, rows: pd.DataFrame, tz: str) -> None:
    start = pd.DatetimeIndex(rows[Forecast.valid_time]).tz_convert(tz)
    edges = mdates.date2num(start.append(start[-1:] + pd.Timedelta(hours=1)))
    columns = (Forecast.probability, Bounded.lower, Bounded.upper)
    percent, low, high = (100 * rows[c].to_numpy() for c in columns)
    axes.stairs(high, edges, baseline=low, fill=True, color=BLUE, alpha=0.2, linewidth=0)
    axes.stairs(percent, edges, baseline=None, color=BLUE, linewidth=1.6)
    axes.set_ylim(bottom=0)


def _clock(axes: Axes, hours: pd.DatetimeIndex) -> None:
    """Local time below: a tick every six hours, the day's name at midnight, nights shaded."""
    zone = hours.tz
    axes.set_xlim(
        *mdates.date2num(pd.DatetimeIndex([hours.min(), hours.max() + pd.Timedelta("1h")]))
    )
    axes.xaxis.set_major_locator(mdates.DayLocator(tz=zone))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M\n%a %d %b", tz=zone))
    axes.xaxis.set_minor_locator(mdates.HourLocator(byhour=(6, 12, 18), tz=zone))
    axes.xaxis.set_minor_formatter(mdates.DateFormatter("%H", tz=zone))
    dusk, dawn = NIGHT
    for day in pd.date_range(hours.min().normalize() - pd.Timedelta("1D"), hours.max(), freq="D"):
        night = [day + pd.Timedelta(hours=dusk), day + pd.Timedelta(hours=24 + dawn)]
        axes.axvspan(*mdates.date2num(pd.DatetimeIndex(night)), color="0.93", zorder=0, linewidth=0)
    axes.grid(axis="y", color="0.85", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
