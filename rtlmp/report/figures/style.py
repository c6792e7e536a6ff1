"""How every figure looks: Okabe-Ito colours with a second cue beside them, units, local time."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from rtlmp.config import threshold_name

BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW, BLACK, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000", "0.55",
)  # fmt: skip
WIDTH: Final = 3.0  # inches of a small panel: text stays legible at half size
NOTE: Final = 9


Colour: TypeAlias = str  # hexadecimal


class Look(NamedTuple):
    colour: str
    line: str
    marker: str


LOOKS: Final = {
    "model": Look(BLUE, "-", "o"),
    "climatology": Look(ORANGE, "--", "s"),
    "persistence": Look(GREY, ":", "^"),
}
NODE_LOOKS: Final = tuple(
    Look(*look)
    for look in zip((BLUE, RED, GREEN, PINK, SKY, BLACK), ("-", "--", ":", "-.", "-", "--"),
                    "os^Dv*", strict=True)
)  # fmt: skip


def panels(count: int, height: float = 3.2, columns: int = 4) -> tuple[Figure, list[Axes]]:
    """A row or more of small panels."""
    columns = min(count, columns)
    rows = -(-count // columns)
    figure = Figure(figsize=(max(WIDTH * columns, 6.0), height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for unused in axes[count:]:
        unused.remove()
    return figure, list(axes[:count])


def tidy(axes: Axes, x: str, y: str, title: str = "") -> None:
    """Labels with units, light grid, no box."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_title(title, fontsize=11, loc="left")
    axes.grid(color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def percent(axes: Axes, *which: str, decimals: int | None = None) -> None:
    for name in which:
        getattr(axes, f"{name}axis").set_major_formatter(PercentFormatter(1, decimals=decimals))


def ramp(thresholds: Iterable[Any]) -> dict[float, Colour]:
    """A colour a threshold, darker for dearer."""
    ordered = sorted(float(x) for x in thresholds)
    colours = mpl.colormaps["viridis"](np.linspace(0.85, 0.0, len(ordered)))
    return {x: to_hex(c) for x, c in zip(ordered, colours, strict=True)}


def above(x: Any) -> str:  # noqa: ANN401  # a label of a pandas group
    return f"> ${threshold_name(float(x))}/MWh"


def look(name: str, place: int = 0) -> Look:
    """Of a model, or of the `place`-th other thing."""
    return LOOKS.get(name, NODE_LOOKS[place % len(NODE_LOOKS)])


def whiskers(
    value: pd.Series, low: pd.Series, high: pd.Series
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Bootstrap interval as matplotlib wants it: distances below and above, none negative."""
    return np.clip(np.array([value - low, high - value]), 0, None)


def local_days(axes: Axes, zone: object) -> None:
    """A tick a local midnight."""
    axes.xaxis.set_major_locator(mdates.DayLocator(tz=zone))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%a\n%d %b", tz=zone))
    axes.set_xlabel(f"local time ({zone})")


def legend_above(figure: Figure, axes: Axes, title: str = "") -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper left",
        ncols=len(labels),
        frameon=False,
        title=title or None,
    )
