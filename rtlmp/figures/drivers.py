"""Figure of what the models use."""

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from rtlmp.figures.style import BLUE, panels, percent, tidy, whiskers
from rtlmp.findings import Importance

TOP: Final = 20  # features shown


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
