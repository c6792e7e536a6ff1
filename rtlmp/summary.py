"""A backtest on one page of Markdown: the scores a README may quote."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.backtest import MODEL, TRUTH
from rtlmp.cases import Cases
from rtlmp.config import threshold_name
from rtlmp.metrics import ALL, bracketed
from rtlmp.standing import beside, by_threshold, stood
from rtlmp.tables import Metrics

SHOWN = ("log_loss_skill", "brier_skill", "auc", "average_precision")


class Extent(NamedTuple):
    """What a backtest covers."""

    issued: list[date]
    nodes: list[str]


def summary(
    metrics: DataFrame[Metrics], scored: Iterable[Cases], extent: Extent, title: str, seed: int
) -> str:
    """Scores with intervals by threshold and lead day, and reliability, as Markdown."""
    each = [stood(of, seed) for of in scored]
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
            *markdown(beside(metrics, each), "{:.4f}"),
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
    rows = metrics[(metrics[Metrics.model] == MODEL) & (metrics[Metrics.location] == ALL)]
    rows = rows[rows[Metrics.metric].isin(SHOWN)]
    text = [
        bracketed(value, low, high, ".3f")
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
    return wide[[MODEL, TRUTH]].assign(share=wide[MODEL] / wide[TRUTH]).reset_index()


def _achieved(metrics: DataFrame[Metrics]) -> Iterator[str]:
    if TRUTH in set(metrics[Metrics.model]):
        yield "\n## Share of the true probability's log-loss skill that the model reaches\n"
        yield from markdown(achieved(metrics), "{:.3f}")


def _covered(table: pd.DataFrame) -> Iterator[str]:
    if len(table):
        yield "\n## Share of hours whose true probability lies within the 90 % bounds\n"
        yield from markdown(table, "{:.3f}")


def markdown(table: pd.DataFrame, number: str) -> Iterator[str]:
    yield "| " + " | ".join(map(str, table.columns)) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.itertuples(index=False):
        yield "| " + " | ".join(_cell(v, number) for v in row) + " |"


def _cell(value: object, number: str) -> str:
    if isinstance(value, float):
        whole = float(value).is_integer() and not np.isclose(value, 0)
        return threshold_name(value) if whole else number.format(value)
    return str(value)
