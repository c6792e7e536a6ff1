"""The figure of a forecast: local time, units on axes, colours for the colour-blind too."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.report.figures import style
from rtlmp.schemas.core import Bounded, Flagged, Forecast

NIGHT: Final = (20, 7)  # local hours between which the background is shaded


def forecast_figure(rows: pd.DataFrame, tz: str) -> Figure:
    """The 72 hours of one node, a panel a threshold: probability, 90 % bounds, nights shaded."""
    thresholds = np.sort(rows[Forecast.threshold].unique())
    columns = min(len(thresholds), 2)
    figure, panel = style.panels(len(thresholds), columns=columns, sharex=True)
    figure.set_size_inches(5.5 * columns, 2.2 * -(-len(thresholds) // columns) + 0.6)
    for axes, x in zip(panel, thresholds, strict=True):
        _line(axes, rows[rows[Forecast.threshold] == x], tz)
        axes.set_title(style.above(x), fontsize=10, loc="left")
    first = rows.iloc[0]
    issued = first[Forecast.issue_time].tz_convert(tz)
    figure.suptitle(
        f"{first[Forecast.location]}: chance that an interval of the hour is priced above, issued "
        f"{issued:%a %d %b %Y %H:%M %Z}  (model of {first[Forecast.model_date]})",
        fontsize=10,
    )
    figure.supylabel("probability, %; shaded: 90 % bounds", fontsize=9)
    figure.supxlabel(f"start of the hour, local time ({tz})", fontsize=9)
    if Flagged.stale in rows and (stale := first[Flagged.stale]):
        figure.supxlabel(f"made with old or missing data: {stale}", color="crimson", fontsize=9)
    return figure


def _line(axes: Axes, rows: pd.DataFrame, tz: str) -> None:
    hours = pd.DatetimeIndex(rows[Forecast.valid_time]).tz_convert(tz)
    columns = (Forecast.probability, Bounded.lower, Bounded.upper)
    percent, low, high = (100 * rows[c].to_numpy() for c in columns)
    edges = style.hour_edges(hours)
    axes.stairs(high, edges, baseline=low, fill=True, color=style.BLUE, alpha=0.2, linewidth=0)
    axes.stairs(percent, edges, baseline=None, color=style.BLUE, linewidth=1.6)
    axes.set_ylim(0, max(10, axes.get_ylim()[1]))  # .4 % is not to look like 28 %
    axes.grid(axis="y", color="0.85", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    _nights(axes, hours)


def _nights(axes: Axes, hours: pd.DatetimeIndex) -> None:
    """Local time below: a tick every six hours, the day's name at midnight, nights shaded."""
    style.local_time(axes, hours, "%H:%M\n%a %d")
    axes.xaxis.set_minor_locator(mdates.HourLocator(byhour=(6, 12, 18), tz=hours.tz))
    axes.xaxis.set_minor_formatter(mdates.DateFormatter("%H", tz=hours.tz))
    dusk, dawn = NIGHT
    for day in pd.date_range(hours[0].normalize() - pd.Timedelta("1D"), hours[-1], freq="D"):
        night = [day + pd.Timedelta(hours=dusk), day + pd.Timedelta(hours=24 + dawn)]
        axes.axvspan(*mdates.date2num(pd.DatetimeIndex(night)), color="0.93", zorder=0, linewidth=0)
