"""The tables of a finished backtest, for its page and for its summary: a page of Markdown with the
scores that a README may quote."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.config import threshold_name
from rtlmp.config.jobs import ReportSettings
from rtlmp.evaluation.diagnostics import diagnose
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.pairs import Pairs
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


SECTIONS: Final = (  # heading, what its numbers are, how they are written
    (
        "Beside the others, all leads and nodes",
        "`ahead`: the model's mean daily log loss less the other's; `p_value`: "
        "Diebold-Mariano with HAC variance.",
        "{:.4f}",
    ),
    ("Log-loss skill against climatology, quarter by quarter", "", "{:.3f}"),
    (
        "Does it keep its word",
        "`inside_band`: share of the hours where the CORP curve lies inside its 90 % "
        "consistency band, hours taken as independent; then mean probability / base rate of "
        "each half-year, with its bootstrap interval.",
        "{:.2f}",
    ),
    ("The most dangerous 1 % of hours: what the model said, how often it came", "", "{:.3f}"),
    ("Share of the true probability's log-loss skill that the model reaches", "", "{:.3f}"),
    ("Share of hours whose true probability lies within the 90 % bounds", "", "{:.3f}"),
    ("Reliability, all leads and nodes: mean forecast against how often it came", "", "{:.4g}"),
)


def summary(
    metrics: DataFrame[Metrics], scored: Iterable[Pairs], issued: list[date],
    unknown: Mapping[str, float], config: ReportSettings,
) -> str:  # fmt: skip
    """Scores with intervals by threshold and lead day, and reliability, as Markdown.

    `unknown`: share of the hours of each node whose price is.
    """
    found, nodes = diagnose(scored, config["seed"]), ", ".join(sorted(config["nodes"]))
    span = f"{len(issued)} issue dates, {min(issued)} to {max(issued)}"
    text = [
        f"# Backtest {config['run']}: {span}, {nodes}\n",
        "Skill is against climatology; brackets are the 5 % and 95 % points of a block "
        "bootstrap over issue dates; lead day 0 pools all.\n",
        "Hours whose price is unknown, and which are not scored: "
        + ", ".join(f"{node} {share:.1%}" for node, share in unknown.items())
        + ".\n",
        *markdown(skill_table(metrics), "{}"),
    ]
    tables = (against_baselines(metrics, found.tests), found.quarters, found.claims,
              found.extremes, share_of_truth(metrics), found.bounds, found.classes)  # fmt: skip
    for (heading, about, number), table in zip(SECTIONS, tables, strict=True):
        if len(table):
            text += [f"\n## {heading}\n", *([f"{about}\n"] if about else [])]
            text += markdown(table, number)
    return "\n".join([*text, ""])
