"""A backtest on one page of Markdown: the scores a README may quote."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.evaluation.bootstrap import format_interval
from rtlmp.evaluation.diagnostics import against_baselines, by_threshold, diagnose
from rtlmp.evaluation.pairs import Pairs
from rtlmp.evaluation.scores import ALL
from rtlmp.report.markdown import markdown
from rtlmp.schemas.core import Metrics
from rtlmp.schemas.names import Forecaster

SHOWN = ("log_loss_skill", "brier_skill", "auc", "average_precision")


class Extent(NamedTuple):
    """What a backtest covers."""

    issued: list[date]
    nodes: list[str]


def summary(
    metrics: DataFrame[Metrics], scored: Iterable[Pairs], extent: Extent, title: str, seed: int
) -> str:
    """Scores with intervals by threshold and lead day, and reliability, as Markdown."""
    each = [diagnose(of, seed) for of in scored]
    issued, nodes = extent
    span = f"{len(issued)} issue dates, {min(issued)} to {max(issued)}"
    return "\n".join(
        [
            f"# Backtest {title}: {span}, {', '.join(sorted(nodes))}\n",
            "Skill is against climatology; brackets are the 5 % and 95 % points of a block "
            "bootstrap over issue dates; lead day 0 pools all.\n",
            *markdown(scores(metrics), "{}"),
            "\n## Beside the others, all leads and nodes\n",
            "`ahead`: the model's mean daily log loss less the other's; `p_value`: "
            "Diebold-Mariano with HAC variance.\n",
            *markdown(against_baselines(metrics, each), "{:.4f}"),
            "\n## Log-loss skill against climatology, quarter by quarter\n",
            *markdown(by_threshold(each, lambda of: of.quarters), "{:.3f}"),
            "\n## Does it keep its word\n",
            "`inside_band`: share of the hours where the CORP curve lies inside its 90 % "
            "consistency band, hours taken as independent; then mean probability / base rate of "
            "each half-year, with its bootstrap interval.\n",
            *markdown(by_threshold(each, lambda of: of.claims), "{:.2f}"),
            *_achieved(metrics),
            *_covered(by_threshold(each, lambda of: of.covered)),
            "\n## Reliability, all leads and nodes: mean forecast against how often it came\n",
            *markdown(pd.concat([of.reliable for of in each]), "{:.4g}"),
            "",
        ]
    )


def scores(metrics: DataFrame[Metrics]) -> pd.DataFrame:
    """A row a threshold and lead day of the model, nodes pooled; text with intervals."""
    rows = metrics[
        (metrics[Metrics.model] == Forecaster.MODEL) & (metrics[Metrics.location] == ALL)
    ]
    rows = rows[rows[Metrics.metric].isin(SHOWN)]
    text = [
        format_interval(value, low, high, ".3f")
        for value, low, high in rows[[Metrics.value, Metrics.low, Metrics.high]].to_numpy()
    ]
    wide = rows.assign(**{Metrics.value: text}).pivot(
        index=[Metrics.threshold, Metrics.lead_day], columns=Metrics.metric, values=Metrics.value
    )
    return wide[list(SHOWN)].reset_index()


def achieved(metrics: DataFrame[Metrics]) -> pd.DataFrame:
    """Synthetic worlds: log-loss skill of the model, of the truth, and the share reached."""
    rows = metrics[(metrics[Metrics.location] == ALL) & (metrics[Metrics.metric] == SHOWN[0])]
    wide = rows.pivot(
        index=[Metrics.threshold, Metrics.lead_day], columns=Metrics.model, values=Metrics.value
    )
    return (
        wide[[Forecaster.MODEL, Forecaster.TRUTH]]
        .assign(share=wide[Forecaster.MODEL] / wide[Forecaster.TRUTH])
        .reset_index()
    )


def _achieved(metrics: DataFrame[Metrics]) -> Iterator[str]:
    if Forecaster.TRUTH in set(metrics[Metrics.model]):
        yield "\n## Share of the true probability's log-loss skill that the model reaches\n"
        yield from markdown(achieved(metrics), "{:.3f}")


def _covered(table: pd.DataFrame) -> Iterator[str]:
    if len(table):
        yield "\n## Share of hours whose true probability lies within the 90 % bounds\n"
        yield from markdown(table, "{:.3f}")
