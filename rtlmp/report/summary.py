"""A backtest on one page of Markdown: the scores a README may quote."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pandera.typing import DataFrame

from rtlmp.config.jobs import ReportSettings
from rtlmp.evaluation.diagnostics import diagnose
from rtlmp.evaluation.pairs import Pairs
from rtlmp.report.tables import against_baselines, markdown, share_of_truth, skill_table
from rtlmp.schemas.core import Metrics

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
