"""Figures of how good the probabilities are."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.report.figures import data, style
from rtlmp.report.figures.data import BacktestResults
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.evaluation import Decisions, Reliability
from rtlmp.schemas.names import Forecaster, Metric

DARK: Final = 0.6  # share from which text on it is white


def reliability(results: BacktestResults) -> Figure:
    """CORP curve of the model by threshold with consistency band; below, where forecasts lie."""
    rows = rows_where(results.reliability, {Reliability.model: Forecaster.MODEL})
    figure, panels = style.threshold_panels(rows, 3.4)
    for k, (ax, x, of) in enumerate(panels):
        p, frequency = of[Reliability.probability], of[Reliability.frequency]
        ax.fill_between(p, of[Reliability.low], of[Reliability.high],
                        color="0.82", linewidth=0, label="90 % consistency band")  # fmt: skip
        ax.plot([0, 1], [0, 1], color="black", linewidth=0.8, label="perfectly reliable")
        ax.plot(p, frequency, color=style.BLUE, label="model (CORP)")
        reach = 1.05 * p.max()
        top = 1.05 * max(frequency.max(), reach)
        ax.set(xlim=(0, reach), ylim=(-0.18 * top, top))
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
        counts, edges = np.histogram(p, 40, (0, reach), weights=of[Reliability.rows])
        height = 0.15 * top * np.log1p(counts) / np.log1p(counts.max())
        ax.bar(edges[:-1], height, np.diff(edges), -0.18 * top, align="edge", color=style.GREY)
        style.tidy(ax, "forecast probability", "" if k else "observed frequency", style.above(x))
        style.percent(ax, "x", "y", decimals=0)
    style.legend_above(figure, figure.axes[0])
    return figure


def roc(results: BacktestResults) -> Figure:
    """Hit rate against false-alarm rate, a panel a threshold."""
    table = data.roc_points(results.pairs)
    figure = _curves(table, data.FALSE_ALARMS, data.HITS, "false-alarm rate", "hit rate")
    for ax in figure.axes:
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=0.8)
    return figure


def precision_recall(results: BacktestResults) -> Figure:
    """Precision against recall, a panel a threshold; the base rate is the floor."""
    table = data.precision_recall_points(results.pairs)
    figure = _curves(table, Metric.RECALL, Metric.PRECISION, Metric.RECALL, Metric.PRECISION)
    for ax, (_, of) in zip(figure.axes, table.groupby(Metrics.threshold), strict=True):
        ax.axhline(of[data.RATE].iloc[0], color="0.7", linewidth=0.8)
        ours = rows_where(of, {Metrics.model: Forecaster.MODEL})[Metric.PRECISION]
        ax.set_ylim(0, min(1.0, 1.3 * ours.quantile(0.97)))
    return figure


def economic_value(results: BacktestResults) -> Figure:
    """Relative economic value against cost/loss, a panel a threshold."""
    table, value = data.value_curve(results.pairs), "economic value, 1 = perfect"
    figure = _curves(table, data.RATIO, Metric.ECONOMIC_VALUE, "cost / loss (log)", value)
    for ax in figure.axes:
        ax.set(xscale="log", ylim=(-0.1, 1))
        ax.axhline(0, color="black", linewidth=0.8)
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
    return figure


def confusion(results: BacktestResults) -> Figure:
    """Counts of hours where the model acts from the middle cost / loss on."""
    ratios = np.sort(results.decisions[Decisions.cost_loss].unique())
    ratio = float(ratios[len(ratios) // 2])
    pooled = {Decisions.model: Forecaster.MODEL, Decisions.location: ALL, Decisions.lead_day: 0}
    rows = rows_where(results.decisions, {**pooled, Decisions.cost_loss: ratio})
    figure, panels = style.threshold_panels(rows, 3.1)
    for k, (ax, x, of) in enumerate(panels):
        n = of.set_index(Decisions.metric)[Decisions.value]
        spiked, calm = (
            [n[Metric.TRUE_POSITIVES], n[Metric.FALSE_NEGATIVES]],
            [n[Metric.FALSE_POSITIVES], n[Metric.TRUE_NEGATIVES]],
        )
        _counted(ax, np.array([spiked, calm]))
        style.tidy(
            ax, f"precision {n[Metric.PRECISION]:.0%}, F1 {n[Metric.F1]:.2f}", "", style.above(x)
        )
        ax.grid(visible=False)
        ax.set_xticks([0, 1], [f"warned (p ≥ {ratio:.0%})", "not"])
        ax.set_yticks([0, 1], ["", ""] if k else ["spike", "none"])
    return figure


def _counted(ax: Axes, counts: Floats) -> None:
    """Each count with its share of the row, on the colour of that share."""
    share = counts / counts.sum(axis=1, keepdims=True)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(counts):
        text, ink = f"{count:,.0f}\n{share[i, j]:.0%}", "white" if share[i, j] > DARK else "black"
        ax.text(j, i, text, ha="center", va="center", color=ink, fontsize=12)


def _curves(table: pd.DataFrame, x: str, y: str, x_label: str, y_label: str) -> Figure:
    """A panel a threshold, a line a model."""
    figure, panels = style.threshold_panels(table)
    for k, (ax, threshold, of) in enumerate(panels):
        for place, model in enumerate(table[Metrics.model].unique()):
            one, look = of[of[Metrics.model] == model], style.look(model, place)
            ax.plot(one[x], one[y], look.line, color=look.colour, label=model)
        style.tidy(ax, x_label, "" if k else y_label, style.above(threshold))
    style.legend_above(figure, figure.axes[0])
    return figure


FIGURES: Final = (reliability, roc, precision_recall, confusion, economic_value)
