"""The backtest page: how good, how sure, and every day to look at."""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.evaluation.tables import Decisions, Significance
from rtlmp.report import page
from rtlmp.report.figures.data import BacktestResults, day_before
from rtlmp.report.page import Page, Picture, Section, Table, html_table
from rtlmp.report.tables import DECIDED, SKILLS, skill_table, wide_scores
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.names import Forecaster, Metric


def backtest_page(
    run: str, of: BacktestResults, significance: DataFrame[Significance],
    scenarios: Mapping[str, DataFrame[Metrics]], figures: Sequence[Picture],
) -> Page:  # fmt: skip
    """The page of one run."""
    issued = of.scored[Scored.issue_time]
    first, last = (t.tz_convert(of.tz).date() for t in (issued.min(), issued.max()))
    about = (
        f"Issue dates {first} to {last}, nodes {', '.join(of.scored[Scored.location].unique())}, "
        f"72 hours each. Times are {of.tz}; skill is against the "
        f"{Forecaster.CLIMATOLOGY} known at issue time; "
        "ranges are 90 % block-bootstrap intervals over issue days."
    )
    sections = [
        Section("In short", tables=[_skills(of.metrics)]),
        Section("Every day", "As last issued before. Hover for numbers, click to hold them.",
                charts=[page.chart(timelines(of.scored, of.tz))]),
        Section("Pictures", pictures=figures),
        Section("Is it significant?", "Diebold-Mariano on daily mean losses, HAC variance; a "
                "difference below zero favours the first model.", tables=[_tests(significance)]),
        Section("Acting on it", "Acting from a probability of cost / loss on is cheapest where "
                "probabilities are reliable.", tables=[_decisions(of.decisions)]),
        *[Section(f"Scenario {name}", tables=[_skills(m)]) for name, m in scenarios.items()],
    ]  # fmt: skip
    return Page(f"Backtest {run}: price-spike probabilities", about, sections)


def timelines(scored: DataFrame[Scored], tz: str) -> list[dict[str, object]]:
    """A choice a node and local month: probabilities issued the day before, and prices."""
    return [
        page.group(f"{node}, {month}", pd.DatetimeIndex(of.index), [
            page.probabilities(of.drop(columns=Scored.max_price)),
            page.prices(of[Scored.max_price], of.columns.drop(Scored.max_price)),
        ])
        for node, hours in day_before(scored, tz)
        for month, of in hours.groupby(pd.DatetimeIndex(hours.index).strftime("%Y-%m"))
    ]  # fmt: skip


def _skills(metrics: DataFrame[Metrics]) -> Table:
    skills = skill_table(metrics, [*SKILLS, Metric.BASE_RATE])
    skills[Metrics.lead_day] = skills[Metrics.lead_day].replace(0, "all")
    return html_table(skills, "The model, all nodes, by threshold ($/MWh) and lead day.")


def _tests(significance: DataFrame[Significance]) -> Table:
    rows = rows_where(significance, {Significance.location: ALL, Significance.lead_day: 0})
    names = [Significance.threshold, Significance.loss, Significance.model, Significance.versus]
    values = [Significance.difference, Significance.statistic, Significance.p_value]
    text = rows[[*names, *values, Significance.days]].copy()
    text[Significance.p_value] = text[Significance.p_value].map("{:.2g}".format)
    return html_table(text, "All nodes and lead days.", digits=4)


def _decisions(decisions: DataFrame[Decisions]) -> Table:
    pooled = {Decisions.location: ALL, Decisions.lead_day: 0, Decisions.model: Forecaster.MODEL}
    keys = [Decisions.threshold, Decisions.cost_loss]
    shown = wide_scores(rows_where(decisions, pooled), keys, DECIDED)
    return html_table(shown, "The model, all nodes and lead days.", digits=2)
