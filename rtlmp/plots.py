"""Figures: one function each; local time, units on axes, colours for the colour-blind too."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.config import threshold_name
from rtlmp.tables import Bounded, Flagged, Forecast, atomic

NIGHT: Final = (20, 7)  # local hours between which the background is shaded


def forecast_figure(rows: pd.DataFrame, tz: str, title: str) -> Figure:
    """The 72 hours of one node, a line a threshold, local time, nights shaded, 90 % bounds in
    a light tone."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.add_subplot()
    thresholds = np.sort(rows[Forecast.threshold].unique())
    colours = mpl.colormaps["viridis"](np.linspace(0.85, 0.0, len(thresholds)))
    for x, colour in zip(thresholds, colours, strict=True):
        _line(axes, rows[rows[Forecast.threshold] == x], tz, colour, f"> ${threshold_name(x)}")
    _clock(axes, pd.DatetimeIndex(rows[Forecast.valid_time]).tz_convert(tz))
    axes.set_ylabel("P(an interval of the hour above), %")
    axes.set_ylim(bottom=0)
    first = rows.iloc[0]
    issued = first[Forecast.issue_time].tz_convert(tz)
    axes.set_title(
        f"{first[Forecast.location]}: real-time price spikes, issued {issued:%a %d %b %Y %H:%M %Z}"
        f"  ({title}, model of {first[Forecast.model_date]})",
        fontsize=10,
        loc="left",
    )
    figure.legend(loc="outside right upper", title="USD/MWh", frameon=False)
    if Flagged.stale in rows and (stale := first[Flagged.stale]):
        figure.supxlabel(f"made with old or missing data: {stale}", color="crimson", fontsize=9)
    return figure


def save(figure: Figure, path: str | Path) -> None:
    """PNG of fixed bytes: no software name, no date."""
    atomic(path, lambda tmp: figure.savefig(tmp, dpi=130, metadata={"Software": None}))


def _line(axes: Axes, rows: pd.DataFrame, tz: str, colour: tuple[float, ...], label: str) -> None:
    start = pd.DatetimeIndex(rows[Forecast.valid_time]).tz_convert(tz)
    edges = start.append(start[-1:] + pd.Timedelta(hours=1))
    percent = 100 * rows[Forecast.probability].to_numpy()
    axes.stairs(percent, mdates.date2num(edges), color=colour, label=label, linewidth=1.8)
    low, high = (100 * rows[c].to_numpy() for c in (Bounded.lower, Bounded.upper))
    axes.stairs(high, mdates.date2num(edges), baseline=low, fill=True, color=colour, alpha=0.15)


def _clock(axes: Axes, hours: pd.DatetimeIndex) -> None:
    """Local time below: a tick every six hours, the day's name at midnight, nights shaded."""
    zone = hours.tz
    axes.set_xlim(
        *mdates.date2num(pd.DatetimeIndex([hours.min(), hours.max() + pd.Timedelta("1h")]))
    )
    axes.xaxis.set_major_locator(mdates.DayLocator(tz=zone))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M\n%a %d %b", tz=zone))
    axes.xaxis.set_minor_locator(mdates.HourLocator(byhour=(6, 12, 18), tz=zone))
    axes.xaxis.set_minor_formatter(mdates.DateFormatter("%H:%M", tz=zone))
    axes.set_xlabel(f"local time ({zone}), start of the hour")
    dusk, dawn = NIGHT
    for day in pd.date_range(hours.min().normalize() - pd.Timedelta("1D"), hours.max(), freq="D"):
        night = [day + pd.Timedelta(hours=dusk), day + pd.Timedelta(hours=24 + dawn)]
        axes.axvspan(*mdates.date2num(pd.DatetimeIndex(night)), color="0.93", zorder=0, linewidth=0)
    axes.grid(axis="y", color="0.85", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
