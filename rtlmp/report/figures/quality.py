"""Figures of how good the probabilities are."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.scores import ALL
from rtlmp.report.figures.data import RATE, VALUE
from rtlmp.report.figures.style import (
    BLUE,
    GREY,
    above,
    legend_above,
    look,
    panels,
    percent,
    ramp,
    tidy,
    whiskers,
)
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.evaluation import Decisions, MetricsBy, Reliability
from rtlmp.schemas.names import Forecaster

SPIKES: Final = 30  # fewer spike hours say nothing of skill
DARK: Final = 0.6  # share from which text on it is white


def reliability(table: pd.DataFrame) -> Figure:
    """CORP curve of the model by threshold with consistency band; below, where forecasts lie."""
    rows = table[table[Reliability.model] == Forecaster.MODEL]
    figure, axes = panels(rows[Reliability.threshold].nunique(), 3.4)
    for ax, (x, of) in zip(axes, rows.groupby(Reliability.threshold), strict=True):
        ax.fill_between(of[Reliability.probability], of[Reliability.low], of[Reliability.high],
                        color="0.82", linewidth=0, label="90 % consistency band")  # fmt: skip
        ax.plot([0, 1], [0, 1], color="black", linewidth=0.8, label="perfectly reliable")
        ax.plot(
            of[Reliability.probability], of[Reliability.frequency], color=BLUE, label="model (CORP)"
        )
        reach = 1.05 * of[Reliability.probability].max()
        top = 1.05 * max(of[Reliability.frequency].max(), reach)
        ax.set(xlim=(0, reach), ylim=(-0.18 * top, top))
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
        counts, edges = np.histogram(
            of[Reliability.probability], 40, (0, reach), weights=of[Reliability.rows]
        )
        height = 0.15 * top * np.log1p(counts) / np.log1p(counts.max())
        ax.bar(edges[:-1], height, np.diff(edges), -0.18 * top, align="edge", color=GREY)
        tidy(ax, "forecast probability", "observed frequency" if ax is axes[0] else "", above(x))
        percent(ax, "x", "y", decimals=0)
    legend_above(figure, axes[0])
    return figure


def roc(table: pd.DataFrame) -> Figure:
    """Hit rate against false-alarm rate, a panel a threshold."""
    figure = _curves(table, "false_alarm_rate", "hit_rate", "false-alarm rate", "hit rate")
    for ax in figure.axes:
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=0.8)
    return figure


def precision_recall(table: pd.DataFrame) -> Figure:
    """Precision against recall, a panel a threshold; the base rate is the floor."""
    figure = _curves(table, "recall", "precision", "recall", "precision")
    for ax, (_, of) in zip(figure.axes, table.groupby(Metrics.threshold), strict=True):
        ax.axhline(of[RATE].iloc[0], color="0.7", linewidth=0.8)
        ax.set_ylim(
            0, min(1.0, 1.3 * of[of[Metrics.model] == Forecaster.MODEL]["precision"].quantile(0.97))
        )
    return figure


def economic_value(table: pd.DataFrame) -> Figure:
    """Relative economic value against cost/loss, a panel a threshold."""
    figure = _curves(table, "cost_loss", VALUE, "cost / loss (log)", "economic value, 1 = perfect")
    for ax in figure.axes:
        ax.set(xscale="log", ylim=(-0.1, 1))
        ax.axhline(0, color="black", linewidth=0.8)
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
    return figure


def confusion(table: pd.DataFrame, cost_loss: float) -> Figure:
    """Counts of hours where the model acts from a probability of `cost_loss` on."""
    rows = table[
        (table[Decisions.model] == Forecaster.MODEL) & (table[Decisions.location] == ALL)
        & (table[Decisions.lead_day] == 0) & (table[Decisions.cost_loss] == cost_loss)
    ]  # fmt: skip
    figure, axes = panels(rows[Decisions.threshold].nunique(), 3.1)
    for ax, (x, of) in zip(axes, rows.groupby(Decisions.threshold), strict=True):
        n = of.set_index(Decisions.metric)[Decisions.value]
        counts = np.array(
            [
                [n["true_positives"], n["false_negatives"]],
                [n["false_positives"], n["true_negatives"]],
            ]
        )
        _counted(ax, counts)
        tidy(ax, f"precision {n['precision']:.0%}, F1 {n['f1']:.2f}", "", above(x))
        ax.grid(visible=False)
        ax.set_xticks([0, 1], [f"warned (p ≥ {cost_loss:.0%})", "not"])
        ax.set_yticks([0, 1], ["spike", "none"] if ax is axes[0] else ["", ""])
    return figure


def _counted(ax: Axes, counts: Floats) -> None:
    """Each count with its share of the row, on the colour of that share."""
    share = counts / counts.sum(axis=1, keepdims=True)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(counts):
        text, ink = f"{count:,.0f}\n{share[i, j]:.0%}", "white" if share[i, j] > DARK else "black"
        ax.text(j, i, text, ha="center", va="center", color=ink, fontsize=12)


def skill(metrics: pd.DataFrame, by: pd.DataFrame, score: str, label: str) -> Figure:
    """`score` of the model by lead day and by local hour, a line a threshold."""
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 2.4], sharey=True)
    lead = metrics[(metrics[Metrics.location] == ALL) & (metrics[Metrics.lead_day] > 0)]
    _lines(left, lead, score, Metrics.lead_day)
    _lines(
        right,
        by[(by[Metrics.location] == ALL) & (by[MetricsBy.by] == "hour")],
        score,
        MetricsBy.part,
    )
    tidy(left, "lead day", label)
    tidy(right, "local hour", "")
    left.set_xticks([1, 2, 3])
    right.set_xticks(range(0, 24, 3))
    legend_above(figure, left)
    return figure


def skill_over_time(by: pd.DataFrame, score: str, label: str) -> Figure:
    """`score` of the model by local month."""
    rows = by[(by[Metrics.location] == ALL) & (by[MetricsBy.by] == "month")]
    names = [f"{m}" for m in sorted(rows[MetricsBy.part].unique())]
    place = {int(m): k for k, m in enumerate(names)}
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    ax = figure.subplots()
    _lines(
        ax, rows.assign(**{MetricsBy.part: rows[MetricsBy.part].map(place)}), score, MetricsBy.part
    )
    tidy(ax, "month (local time)", label)
    ax.set_xticks(range(len(names)), [f"{m[:4]}-{m[4:]}" for m in names])
    legend_above(figure, ax)
    return figure


def _curves(table: pd.DataFrame, x: str, y: str, x_label: str, y_label: str) -> Figure:
    """A panel a threshold, a line a model."""
    figure, axes = panels(table[Metrics.threshold].nunique())
    for ax, (threshold, of) in zip(axes, table.groupby(Metrics.threshold), strict=True):
        for k, model in enumerate(table[Metrics.model].unique()):
            one, style = of[of[Metrics.model] == model], look(model, k)
            ax.plot(one[x], one[y], style.line, color=style.colour, label=model)
        tidy(ax, x_label, y_label if ax is axes[0] else "", above(threshold))
    legend_above(figure, axes[0])
    return figure


def _lines(ax: Axes, rows: pd.DataFrame, score: str, x: str) -> None:
    """A line a threshold of the model's `score` with intervals, where SPIKES or more tell."""
    rows = rows[rows[Metrics.model] == Forecaster.MODEL]
    keys = [Metrics.threshold, x]
    wide = rows.pivot(index=keys, columns=Metrics.metric, values=Metrics.value)
    enough = wide.index[wide["rows"] * wide["base_rate"] >= SPIKES]
    rows = rows[rows[Metrics.metric] == score].set_index(keys)
    rows = rows[rows.index.isin(enough)]
    colours = ramp(list(rows.index.unique(0)))
    for k, (threshold, colour) in enumerate(colours.items()):
        of = rows.loc[threshold]
        of = of.reindex(range(of.index.min(), of.index.max() + 1))  # a hole breaks the line
        bars = whiskers(*(of[c] for c in (Metrics.value, Metrics.low, Metrics.high)))
        ax.errorbar(of.index + 0.07 * (k - 1.5), of[Metrics.value], bars, color=colour,
                    label=above(threshold), marker="osD^v*"[k % 6], markersize=4, linewidth=1.4,
                    elinewidth=0.8)  # fmt: skip
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_ylim(-0.5, 0.7)
