"""The tables of a finished backtest that its Markdown summary and its page render."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.config import threshold_name
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster, Metric

SKILLS: Final = (Metric.LOG_LOSS_SKILL, Metric.BRIER_SKILL, Metric.AUC, Metric.AVERAGE_PRECISION)
DECIDED: Final = (Metric.PRECISION, Metric.RECALL, Metric.F1, Metric.ECONOMIC_VALUE)
KEYS: Final = [Metrics.threshold, Metrics.lead_day]


def skill_table(metrics: DataFrame[Metrics], shown: Sequence[Metric] = SKILLS) -> pd.DataFrame:
    """A row a threshold and lead day of the model, nodes pooled; text with intervals."""
    rows = rows_where(metrics, {Metrics.model: Forecaster.MODEL, Metrics.location: ALL})
    return wide_scores(rows, KEYS, shown)


def wide_scores(rows: pd.DataFrame, keys: list[str], shown: Sequence[Metric]) -> pd.DataFrame:
    """A row each of `keys`, a column each of `shown`; text, with intervals where there are some."""
    rows = rows[rows[Metrics.metric].isin(shown)]
    scores = rows.reindex(columns=[Metrics.metric, Metrics.value, Metrics.low, Metrics.high])
    text = [
        format_interval(value, low, high, ".4f" if metric == Metric.BASE_RATE else ".3f")
        for metric, value, low, high in scores.itertuples(index=False)
    ]
    texts = rows.assign(**{Metrics.value: text})
    wide = texts.pivot(index=keys, columns=Metrics.metric, values=Metrics.value)
    return wide[[metric for metric in shown if metric in wide]].replace("nan", "-").reset_index()


def against_baselines(metrics: DataFrame[Metrics], tests: pd.DataFrame) -> pd.DataFrame:
    """A row a threshold and model: its scores, and the model's lead in daily log loss.

    `ahead`: mean daily log loss of the model less the other's; below zero the model is better.
    `p_value`: two-sided Diebold-Mariano, HAC.
    """
    keys, shown = [Metrics.threshold, Metrics.model], [Metric.LOG_LOSS_SKILL, Metric.AUC]
    rows = rows_where(metrics, {Metrics.location: ALL, Metrics.lead_day: 0})
    rows = rows[rows[Metrics.metric].isin(shown)]
    wide = rows.pivot(index=keys, columns=Metrics.metric, values=Metrics.value)[shown]
    return wide.join(tests.set_index(keys)).reset_index()


def share_of_truth(metrics: DataFrame[Metrics]) -> pd.DataFrame:
    """Synthetic worlds: log-loss skill of the model, of the truth, and the share reached; empty
    where the truth is not known."""
    rows = rows_where(metrics, {Metrics.location: ALL, Metrics.metric: Metric.LOG_LOSS_SKILL})
    wide = rows.pivot(index=KEYS, columns=Metrics.model, values=Metrics.value)
    if Forecaster.TRUTH not in wide:
        return pd.DataFrame()
    skills = wide[[Forecaster.MODEL, Forecaster.TRUTH]]
    return skills.assign(share=wide[Forecaster.MODEL] / wide[Forecaster.TRUTH]).reset_index()


def markdown(table: pd.DataFrame, number: str) -> list[str]:
    """Its lines as Markdown."""
    cells = table.map(lambda value: _cell(value, number))
    return cells.to_markdown(index=False, disable_numparse=True).splitlines()


def _cell(value: object, number: str) -> str:
    if isinstance(value, float):
        whole = float(value).is_integer() and not np.isclose(value, 0)
        return threshold_name(value) if whole else number.format(value)
    return str(value)
