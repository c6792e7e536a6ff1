"""Figures of how good the probabilities are."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import ALL, Sample, rows_where
from rtlmp.evaluation.tables import Decisions, Reliability
from rtlmp.evaluation.verification import relative_value
from rtlmp.report.figures import data, style
from rtlmp.report.figures.data import BacktestResults
from rtlmp.schemas.names import Forecaster, Metric

DARK: Final = 0.6  # share from which text on it is white
ALONG: Final = np.linspace(0, 1, 401)  # points of a curve of rates
RATIOS: Final[Floats] = np.geomspace(0.002, 0.8, 60)  # cost / loss
Curve: TypeAlias = tuple[Floats, Floats]  # along x, y


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
        counts, edges = np.histogram(p, 40, (0, reach), weights=of[Reliability.rows])
        height = 0.15 * top * np.log1p(counts) / np.log1p(counts.max())
        ax.bar(edges[:-1], height, np.diff(edges), -0.18 * top, align="edge", color=style.GREY)
        style.tidy(ax, "forecast probability", "" if k else "observed frequency", style.above(x))
        style.percent(ax, "x", "y")
        ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
    style.legend_above(figure, figure.axes[0])
    return figure


def roc(results: BacktestResults) -> Figure:
    """Hit rate against false-alarm rate, a panel a threshold."""
    figure = _curves(results.pairs, _hits, "false-alarm rate", "hit rate")
    for ax in figure.axes:
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=0.8)
    return figure


def precision_recall(results: BacktestResults) -> Figure:
    """Precision against recall, a panel a threshold; the base rate is the floor."""
    figure = _curves(results.pairs, _precisions, Metric.RECALL, Metric.PRECISION)
    for ax, samples in zip(figure.axes, data.told_apart(results.pairs).values(), strict=True):
        ours = samples[Forecaster.MODEL]
        ax.axhline(ours.y.mean(), color="0.7", linewidth=0.8)
        ax.set_ylim(0, min(1.0, 1.3 * np.quantile(_precisions(ours)[1], 0.97)))
    return figure


def economic_value(results: BacktestResults) -> Figure:
    """Relative economic value against cost/loss, a panel a threshold."""
    figure = _curves(results.pairs, _values, "cost / loss (log)", "economic value, 1 = perfect")
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
        spiked = n[[Metric.TRUE_POSITIVES, Metric.FALSE_NEGATIVES]]
        calm = n[[Metric.FALSE_POSITIVES, Metric.TRUE_NEGATIVES]]
        _counted(ax, np.array([spiked, calm]))
        scores = f"precision {n[Metric.PRECISION]:.0%}, F1 {n[Metric.F1]:.2f}"
        style.tidy(ax, scores, "", style.above(x))
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


def _curves(
    pairs: Iterable[Pairs], points: Callable[[Sample], Curve], x_label: str, y_label: str
) -> Figure:
    """A panel a threshold, a line a model."""
    samples = data.told_apart(pairs)
    figure, axes = style.panels(len(samples))
    for k, (ax, (threshold, of)) in enumerate(zip(axes, samples.items(), strict=True)):
        for place, (model, sample) in enumerate(of.items()):
            look = style.look(model, place)
            ax.plot(*points(sample), linestyle=look.line, color=look.colour, label=model)
        style.tidy(ax, x_label, "" if k else y_label, style.above(threshold))
    style.legend_above(figure, figure.axes[0])
    return figure


def _hits(s: Sample) -> Curve:
    """False-alarm rate and hit rate."""
    return ALONG, np.interp(ALONG, *roc_curve(s.y, s.p)[:2])


def _precisions(s: Sample) -> Curve:
    """Recall and precision, without the end at which nothing is warned of."""
    precision, recall, _ = precision_recall_curve(s.y, s.p)
    return ALONG, np.interp(ALONG, recall[-2::-1], precision[-2::-1])  # recall must rise


def _values(s: Sample) -> Curve:
    """Cost / loss and relative economic value."""
    return RATIOS, np.array([relative_value(s.y, s.p, float(ratio)) for ratio in RATIOS])


FIGURES: Final = (reliability, roc, precision_recall, confusion, economic_value)
