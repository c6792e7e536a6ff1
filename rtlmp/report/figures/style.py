"""How every figure looks: Okabe-Ito colours with a second cue, units, local time."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from rtlmp.asof.vintages import Floats
from rtlmp.config import threshold_name
from rtlmp.config.jobs import ReportSettings
from rtlmp.io.files import atomic
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster

BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000", "0.55",
)  # fmt: skip
WIDTH: Final = 3.0  # inches of a small panel: text stays legible at half size
NOTE: Final = 9

Colour: TypeAlias = str  # hexadecimal


class Look(NamedTuple):
    colour: str
    line: Any  # matplotlib's linestyle
    marker: str


LOOKS: Final = {
    Forecaster.MODEL.value: Look(BLUE, "-", "o"),
    Forecaster.CLIMATOLOGY.value: Look(ORANGE, "--", "s"),
    Forecaster.PERSISTENCE.value: Look(GREY, ":", "^"),
}
DASHES: Final = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (9, 2)))
NODE_LOOKS: Final = tuple(map(Look, (BLUE, RED, GREEN, PINK, SKY, BLACK), DASHES, "os^Dv*"))


def panels(
    count: int, height: float = 3.2, columns: int = 4, sharex: bool = False
) -> tuple[Figure, list[Axes]]:
    """A row or more of small panels."""
    columns = min(count, columns)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(WIDTH * columns, 6.0), height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=sharex).ravel()
    for unused in axes[count:]:
        unused.remove()
    return figure, list(axes[:count])


def threshold_panels(
    rows: pd.DataFrame, height: float = 3.2
) -> tuple[Figure, list[tuple[Axes, Any, pd.DataFrame]]]:
    """A panel a threshold, with the rows of each."""
    groups = list(rows.groupby(Metrics.threshold))
    figure, axes = panels(len(groups), height)
    return figure, [(ax, x, of) for ax, (x, of) in zip(axes, groups, strict=True)]


def tidy(axes: Axes, x: str, y: str, title: str = "") -> None:
    """Labels with units, light grid, no box."""
    axes.set(xlabel=x, ylabel=y)
    axes.set_title(title, fontsize=11, loc="left")
    axes.grid(color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def percent(axes: Axes, *which: str, decimals: int | None = None) -> None:
    for name in which:
        axis = getattr(axes, f"{name}axis")
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))  # 2.5 would read as 2
        axis.set_major_formatter(PercentFormatter(1, decimals=decimals))


def ramp(thresholds: Iterable[Any]) -> dict[float, Colour]:
    """A colour a threshold, darker for dearer."""
    ordered = sorted(float(x) for x in thresholds)
    colours = mpl.colormaps["viridis"](np.linspace(0.75, 0.0, len(ordered)))
    return {x: to_hex(c) for x, c in zip(ordered, colours, strict=True)}


def above(x: Any) -> str:  # noqa: ANN401  # a label of a pandas group
    return f"> ${threshold_name(float(x))}/MWh"


def look(name: str, place: int = 0) -> Look:
    """Of a model, or of the `place`-th other thing."""
    return LOOKS.get(name, NODE_LOOKS[place % len(NODE_LOOKS)])


def whiskers(rows: pd.DataFrame, value: str = Metrics.value) -> Floats:
    """Bootstrap interval as matplotlib wants it: distances below and above, none negative."""
    below, over = rows[value] - rows[Metrics.low], rows[Metrics.high] - rows[value]
    return np.clip(np.array([below, over]), 0, None)


def hour_edges(hours: pd.DatetimeIndex) -> Floats:
    """Where each hour begins and the last one ends, on matplotlib's axis."""
    return np.asarray(mdates.date2num(hours.append(hours[-1:] + pd.Timedelta("1h"))))


def local_time(axes: Axes, hours: pd.DatetimeIndex, day: str = "%a\n%d %b") -> None:
    """The span of `hours`, a tick a local midnight that reads as `day` says."""
    axes.set_xlim(*hour_edges(hours)[[0, -1]])
    axes.xaxis.set_major_locator(mdates.DayLocator(tz=hours.tz))
    axes.xaxis.set_major_formatter(mdates.DateFormatter(day, tz=hours.tz))


def legend_above(figure: Figure, axes: Axes, title: str | None = None) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper left", ncols=len(labels), frameon=False, title=title
    )


def save_figure(figure: Figure, path: str | Path, of: ReportSettings, days: Iterable[Any]) -> None:
    """PNG of fixed bytes: no software name, no date. Run, days and source in small print."""
    span = " to ".join(sorted({min(said := [*map(str, days)]), max(said)}))
    note = f"rtlmp run {of['run']}: {of['market']}, source {of['source']}, {span}"
    figure.text(0, -0.01, note, va="top", fontsize=7, color=GREY)
    how: dict[str, Any] = {"bbox_inches": "tight", "metadata": {"Software": None}}
    atomic(path, lambda tmp: figure.savefig(tmp, dpi=130, **how))
