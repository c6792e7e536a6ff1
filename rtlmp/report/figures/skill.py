"""Figures of the model's skill: by node, lead day, local hour and month."""

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.evaluation.tables import MetricsBy
from rtlmp.report.figures import style
from rtlmp.report.figures.data import BacktestResults
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster, Metric

SKILL, LABEL = Metric.LOG_LOSS_SKILL, "log-loss skill against climatology"
SPIKES: Final = 30  # fewer spike hours say nothing of skill


def comparison(results: BacktestResults) -> Figure:
    """Skill of the model by node."""
    ours = {Metrics.lead_day: 0, Metrics.model: Forecaster.MODEL}
    return skill_by(rows_where(results.metrics, ours), Metrics.location)


def skill_by(metrics: pd.DataFrame, column: str) -> Figure:
    """Skill by what `column` names, a panel a threshold, with bootstrap intervals."""
    rows = rows_where(metrics, {Metrics.metric: SKILL})
    places = sorted(set(rows[column]), key=lambda place: (place != ALL, place))
    alike = len(places) > len(style.NODE_LOOKS)
    figure, panels = style.threshold_panels(rows, max(3.2, 0.2 * len(places)))
    for ax, x, of in panels:
        for k, place in enumerate(places):
            one, look = of[of[column] == place], style.look(str(place), 0 if alike else k)
            ax.errorbar(
                one[Metrics.value], [k] * len(one), xerr=style.whiskers(one), fmt=look.marker,
                color=look.colour, capsize=3,
            )  # fmt: skip
        ax.axvline(0, color="black", linewidth=0.8)
        style.tidy(ax, LABEL, "", style.above(x))
        ax.set_yticks(range(len(places)), places if ax is figure.axes[0] else [""] * len(places))
        ax.set_ylim(len(places) - 0.5, -0.5)
    return figure


def skill(results: BacktestResults) -> Figure:
    """Skill of the model by lead day and by local hour, a line a threshold."""
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 2.4], sharey=True)
    _lines(left, results.metrics[results.metrics[Metrics.lead_day] > 0], Metrics.lead_day)
    _lines(right, rows_where(results.by, {MetricsBy.by: "hour"}), MetricsBy.part)
    style.tidy(left, "lead day", LABEL)
    style.tidy(right, "local hour", "")
    left.set(xticks=[1, 2, 3], xlim=(0.5, 3.5))
    right.set(xticks=range(0, 24, 3), xlim=(-0.5, 23.5))
    style.legend_above(figure, left)
    return figure


def skill_over_time(results: BacktestResults) -> Figure:
    """Skill of the model by local month."""
    rows = rows_where(results.by, {MetricsBy.by: "month"})
    place, months = pd.factorize(rows[MetricsBy.part], sort=True)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    ax = figure.subplots()
    _lines(ax, rows.assign(**{MetricsBy.part: place}), MetricsBy.part)
    style.tidy(ax, "month (local time)", LABEL)
    every = -(-len(months) // 12)  # labels collide from 13 on
    labels = [f"{m // 100}-{m % 100:02d}" for m in months[::every]]
    ax.set_xticks(range(0, len(months), every), labels)
    style.legend_above(figure, ax)
    return figure


def _lines(ax: Axes, rows: pd.DataFrame, x: str) -> None:
    """A line a threshold of the model's skill with intervals, where SPIKES or more tell."""
    rows = rows_where(rows, {Metrics.model: Forecaster.MODEL, Metrics.location: ALL})
    keys = [Metrics.threshold, x]
    wide = rows.pivot(index=keys, columns=Metrics.metric, values=Metrics.value)
    enough = wide.index[wide[Metric.ROWS] * wide[Metric.BASE_RATE] >= SPIKES]
    rows = rows[rows[Metrics.metric] == SKILL].set_index(keys)
    rows = rows[rows.index.isin(enough)]
    colours = style.ramp(wide.index.unique(0))  # also of those that are not drawn here
    for k, (threshold, colour) in enumerate(colours.items()):
        if threshold not in rows.index:
            continue
        of = rows.loc[[threshold]].droplevel(0)
        of = of.reindex(range(of.index.min(), of.index.max() + 1))  # a hole breaks the line
        ax.errorbar(
            of.index + 0.07 * (k - 1.5), of[Metrics.value], style.whiskers(of), color=colour,
            label=style.above(threshold), marker="osD^v*"[k % 6], markersize=4, linewidth=1.4,
            elinewidth=0.8,
        )  # fmt: skip
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_title("" if len(rows) else f"fewer than {SPIKES} spikes")
    ax.set_ylim(-0.5, 0.7)


FIGURES: Final = (comparison, skill, skill_over_time)
