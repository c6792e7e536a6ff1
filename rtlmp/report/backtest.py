"""The backtest page: how good, how sure, and every day to look at."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.bootstrap import format_interval
from rtlmp.evaluation.scenarios import latest_issued
from rtlmp.evaluation.scores import ALL
from rtlmp.report.figures.book import FIGURES, BacktestResults
from rtlmp.report.page import (
    Page,
    Section,
    Table,
    chart,
    group,
    html_table,
    picture,
    prices,
    probabilities,
)
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.evaluation import Decisions, Significance
from rtlmp.schemas.names import Forecaster

SHOWN: Final = ("brier_skill", "log_loss_skill", "auc", "average_precision", "base_rate")


def backtest_page(
    run: str,
    of: BacktestResults,
    significance: DataFrame[Significance],
    scenarios: Mapping[str, DataFrame[Metrics]],
    figures: Sequence[str],
) -> Page:
    """The page of one run; `figures` are the files of BOOK."""
    issued = of.scored[Scored.issue_time]
    first, last = (t.tz_convert(of.tz).date() for t in (issued.min(), issued.max()))
    about = (
        f"Issue dates {first} to {last}, nodes {', '.join(of.scored[Scored.location].unique())}, "
        f"72 hours each. Times are {of.tz}; skill is against the "
        f"{Forecaster.CLIMATOLOGY} known at issue time; "
        "ranges are 90 % block-bootstrap intervals over issue days."
    )
    sections = [
        Section("In short", tables=[skill_table(of.metrics)]),
        Section("Every day", "Issued the day before. Hover for numbers, click to hold them.",
                charts=[chart(timelines(of.scored, of.tz))]),
        Section("Pictures", pictures=[picture(f, FIGURES[Path(f).stem].caption) for f in figures]),
        Section("Is it significant?", "Diebold-Mariano on daily mean losses, HAC variance; a "
                "difference below zero favours the first model.", tables=[_tests(significance)]),
        Section("Acting on it", "Acting from a probability of cost / loss on is cheapest where "
                "probabilities are reliable.", tables=[_decisions(of.decisions)]),
        *[Section(f"Scenario {name}", tables=[skill_table(m)]) for name, m in scenarios.items()],
    ]  # fmt: skip
    return Page(f"Backtest {run}: price-spike probabilities", about, sections)


def skill_table(metrics: DataFrame[Metrics]) -> Table:
    """The model's main scores by threshold and lead day, with their intervals."""
    rows = metrics[
        (metrics[Metrics.model] == Forecaster.MODEL)
        & (metrics[Metrics.location] == ALL)
        & metrics[Metrics.metric].isin(SHOWN)
    ]
    text = rows.apply(_with_interval, axis=1)
    keys = [Metrics.threshold, Metrics.lead_day]
    wide = rows.assign(text=text).pivot(index=keys, columns=Metrics.metric, values="text")
    wide = wide[[name for name in SHOWN if name in wide]].reset_index()
    wide[Metrics.lead_day] = wide[Metrics.lead_day].replace(0, "all")
    wide[Metrics.threshold] = wide[Metrics.threshold].map("{:g}".format)
    names = {Metrics.threshold: "above $/MWh"}
    return html_table(
        wide.rename(columns=names), "The model, all nodes, by threshold and lead day."
    )


def timelines(scored: DataFrame[Scored], tz: str) -> list[dict[str, object]]:
    """A choice a node and local month: probabilities issued the day before, and prices."""
    rows = latest_issued(scored)
    rows = rows[rows[Scored.model] == Forecaster.MODEL]
    keys = [Scored.location, Scored.valid_time]
    p = rows.pivot(index=keys, columns=Scored.threshold, values=Scored.probability)
    price = rows.drop_duplicates(keys).set_index(keys)[Scored.max_price].reindex(p.index)
    return [
        group(f"{node}, {month}", pd.DatetimeIndex(of.index), [
            probabilities(of),
            prices(price.loc[node].tz_convert(tz).loc[of.index], p.columns),
        ])
        for node in p.index.unique(0)
        for month, of in _months(p.loc[node].tz_convert(tz))
    ]  # fmt: skip


def _months(hours: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    names = pd.DatetimeIndex(hours.index).strftime("%Y-%m")
    return [(str(name), of) for name, of in hours.groupby(names)]


def _with_interval(row: "pd.Series[Any]") -> str:
    number = ".4f" if row[Metrics.metric] == "base_rate" else ".3f"
    return format_interval(row[Metrics.value], row[Metrics.low], row[Metrics.high], number)


def _tests(significance: DataFrame[Significance]) -> Table:
    rows = significance[
        (significance[Significance.location] == ALL) & (significance[Significance.lead_day] == 0)
    ]
    names = [Significance.threshold, Significance.loss, Significance.model, Significance.versus]
    values = [Significance.difference, Significance.statistic, Significance.p_value]
    text = rows[[*names, *values, Significance.days]].copy()
    text[Significance.threshold] = text[Significance.threshold].map("{:g}".format)
    text[Significance.p_value] = text[Significance.p_value].map("{:.2g}".format)
    return html_table(text, "All nodes and lead days.", digits=4)


def _decisions(decisions: DataFrame[Decisions]) -> Table:
    rows = decisions[
        (decisions[Decisions.location] == ALL)
        & (decisions[Decisions.lead_day] == 0)
        & (decisions[Decisions.model] == Forecaster.MODEL)
    ]
    keys = [Decisions.threshold, Decisions.cost_loss]
    wide = rows.pivot(index=keys, columns=Decisions.metric, values=Decisions.value)
    names = ["precision", "recall", "f1", "economic_value"]
    text = wide[names].reset_index()
    text[Decisions.threshold] = text[Decisions.threshold].map("{:g}".format)
    return html_table(text, "The model, all nodes and lead days.", digits=2)
