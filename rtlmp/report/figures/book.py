"""The figures of a backtest, in the order of the report. A new one is a function and a row."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from pandera.typing import DataFrame

from rtlmp.models.store import Trained
from rtlmp.report.figures import backtest as forecasts
from rtlmp.report.figures import data, drivers, quality
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Decisions, MetricsBy, Reliability

SKILL, SKILL_LABEL = "log_loss_skill", "log-loss skill against climatology"


class BacktestResults(NamedTuple):
    """A finished backtest."""

    scored: DataFrame[Scored]
    metrics: DataFrame[Metrics]
    by: DataFrame[MetricsBy]
    decisions: DataFrame[Decisions]
    reliability: DataFrame[Reliability]
    models: Sequence[Trained]
    tz: str
    node: str  # shown where one node must do


class Entry(NamedTuple):
    draw: Callable[[BacktestResults], Figure]
    caption: str


def _confusion(of: BacktestResults) -> Figure:
    ratios = pd.Series(of.decisions[Decisions.cost_loss].unique())
    return quality.confusion(of.decisions, float(ratios.sort_values().iloc[len(ratios) // 2]))


FIGURES: Final[dict[str, Entry]] = {
    "timeline": Entry(
        lambda of: forecasts.timeline(data.timeline(of.scored, of.node, of.tz), of.node),
        "Probabilities issued the day before, and the prices that came, in the week of the "
        "highest price. Local time.",
    ),
    "heat_map": Entry(
        lambda of: forecasts.heat_map(data.by_hour(of.scored, of.tz)),
        "How often each threshold was passed by local hour: as forecast, and as it came.",
    ),
    "comparison": Entry(
        lambda of: forecasts.comparison(of.metrics, SKILL, SKILL_LABEL),
        "Skill by node and threshold, all lead days; 90 % block-bootstrap intervals.",
    ),
    "reliability": Entry(
        lambda of: quality.reliability(of.reliability),
        "CORP reliability: where the blue line leaves the grey band, probabilities are off by more "
        "than chance would explain if hours were independent; they cluster, so the true band is "
        "wider. Grey bars: how often each probability is issued (log).",
    ),
    "roc": Entry(lambda of: quality.roc(data.roc(of.scored)), "Hit rate against false-alarm rate."),
    "precision_recall": Entry(
        lambda of: quality.precision_recall(data.precision_recall(of.scored)),
        "Precision against recall; the grey line is the share of spike hours.",
    ),
    "confusion": Entry(
        _confusion,
        "Hours warned of and hours that spiked, acting from the middle `cost_loss` of the config "
        "on. Percentages are shares of the row.",
    ),
    "economic_value": Entry(
        lambda of: quality.economic_value(data.value_curve(of.scored)),
        "Share of what perfect warnings would save, by the ratio of the cost of acting to the "
        "loss avoided; 0 is what climate alone gives.",
    ),
    "skill": Entry(
        lambda of: quality.skill(of.metrics, of.by, SKILL, SKILL_LABEL),
        "Skill by lead day, and by local hour where 30 or more node hours and lead days spiked; "
        "90 % block-bootstrap intervals.",
    ),
    "skill_over_time": Entry(
        lambda of: quality.skill_over_time(of.by, SKILL, SKILL_LABEL),
        "Skill by month; 90 % block-bootstrap intervals.",
    ),
    "importance": Entry(
        lambda of: drivers.importance(data.importance(of.models)),
        "What the models' trees split on: share of total gain, and its 5 % to 95 % range over the "
        "dated models of the window. Gain says what is used, not what causes.",
    ),
    "duration": Entry(
        lambda of: forecasts.duration(data.duration(of.scored)),
        "Price duration: the share of hours whose highest price is above.",
    ),
}
