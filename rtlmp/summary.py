"""A backtest on one page of Markdown: the scores a README may quote."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.backtest import MODEL, TRUTH
from rtlmp.config import threshold_name
from rtlmp.metrics import ALL, bracketed
from rtlmp.standing import beside, claims, covered, quarters
from rtlmp.tables import Metrics, Scored

SHOWN = ("log_loss_skill", "brier_skill", "auc", "average_precision")
EDGES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 1.0)  # classes of forecast probability


def summary(metrics: DataFrame[Metrics], scored: DataFrame[Scored], title: str, seed: int) -> str:
    """Scores with intervals by threshold and lead day, and reliability, as Markdown."""
    issued = scored[Scored.issue_time]
    span = f"{issued.nunique()} issue dates, {issued.min():%Y-%m-%d} to {issued.max():%Y-%m-%d}"
    nodes = ", ".join(sorted(scored[Scored.location].unique()))
    return "\n".join(
        [
            f"# Backtest {title}: {span}, {nodes}\n",
            "Skill is against climatology; brackets are the 5 % and 95 % points of a block "
            "bootstrap over issue dates; lead day 0 pools all.\n",
            *markdown(scores(metrics), "{}"),
            "\n## Beside the others, all leads and nodes\n",
            "`ahead`: the model's mean daily log loss less the other's; `p_value`: "
            "Diebold-Mariano with HAC variance.\n",
            *markdown(beside(metrics, scored), "{:.4f}"),
            "\n## Log-loss skill against climatology, quarter by quarter\n",
            *markdown(quarters(scored), "{:.3f}"),
            "\n## Does it keep its word\n",
            "`inside_band`: share of the hours where the CORP curve lies inside its 90 % "
            "consistency band, hours taken as independent; then mean probability / base rate of "
            "each half-year, with its bootstrap interval.\n",
            *markdown(claims(scored, seed), "{:.2f}"),
            *_achieved(metrics),
            *_covered(scored),
            "\n## Reliability, all leads and nodes: mean forecast against how often it came\n",
            *markdown(reliability(scored), "{:.4g}"),
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


def reliability(scored: DataFrame[Scored]) -> pd.DataFrame:
    """By threshold and class of forecast: rows, mean forecast, frequency, mean truth if known."""
    known = scored[scored[Scored.max_price].notna()]
    spiked = (known[Scored.max_price] > known[Scored.threshold]).astype(float)
    keys = [Scored.issue_time, Scored.valid_time, Scored.location, Scored.threshold]
    wide = known.assign(came=spiked).pivot(
        index=[*keys, "came"], columns=Scored.model, values=Scored.probability
    )
    forecasts = [m for m in (MODEL, TRUTH) if m in wide]
    wide = wide[forecasts].reset_index()
    wide["class"] = pd.cut(wide[MODEL], list(EDGES), include_lowest=True).astype(str)
    groups = wide.groupby([Scored.threshold, "class"], observed=True)
    means = groups[[*forecasts, "came"]].mean()
    return means.assign(rows=groups.size()).sort_values([Scored.threshold, MODEL]).reset_index()


def _achieved(metrics: DataFrame[Metrics]) -> Iterator[str]:
    if TRUTH in set(metrics[Metrics.model]):
        yield "\n## Share of the true probability's log-loss skill that the model reaches\n"
        yield from markdown(achieved(metrics), "{:.3f}")


def _covered(scored: DataFrame[Scored]) -> Iterator[str]:
    if TRUTH in set(scored[Scored.model]) and Scored.lower in scored:
        yield "\n## Share of hours whose true probability lies within the 90 % bounds\n"
        yield from markdown(covered(scored), "{:.3f}")


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
