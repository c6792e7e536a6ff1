"""A backtest on one page of Markdown: the scores a README may quote."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pandera.typing import DataFrame

from rtlmp.evaluation.diagnostics import diagnose
from rtlmp.evaluation.pairs import Pairs
from rtlmp.report.markdown import markdown
from rtlmp.report.tables import against_baselines, share_of_truth, skill_table
from rtlmp.schemas.core import Metrics


class Extent(NamedTuple):
    """What a backtest covers."""

    issued: list[date]
    nodes: list[str]


def summary(
    metrics: DataFrame[Metrics], scored: Iterable[Pairs], extent: Extent, title: str, seed: int
) -> str:
    """Scores with intervals by threshold and lead day, and reliability, as Markdown."""
    return "\n".join([*_lines(metrics, scored, extent, title, seed), ""])


def _lines(
    metrics: DataFrame[Metrics], scored: Iterable[Pairs], extent: Extent, title: str, seed: int
) -> Iterator[str]:
    issued, found = extent.issued, diagnose(scored, seed)
    span = f"{len(issued)} issue dates, {min(issued)} to {max(issued)}"
    yield f"# Backtest {title}: {span}, {', '.join(sorted(extent.nodes))}\n"
    yield (
        "Skill is against climatology; brackets are the 5 % and 95 % points of a block "
        "bootstrap over issue dates; lead day 0 pools all.\n"
    )
    yield from markdown(skill_table(metrics), "{}")
    yield "\n## Beside the others, all leads and nodes\n"
    yield (
        "`ahead`: the model's mean daily log loss less the other's; `p_value`: "
        "Diebold-Mariano with HAC variance.\n"
    )
    yield from markdown(against_baselines(metrics, found.tests), "{:.4f}")
    yield "\n## Log-loss skill against climatology, quarter by quarter\n"
    yield from markdown(found.quarters, "{:.3f}")
    yield "\n## Does it keep its word\n"
    yield (
        "`inside_band`: share of the hours where the CORP curve lies inside its 90 % "
        "consistency band, hours taken as independent; then mean probability / base rate of "
        "each half-year, with its bootstrap interval.\n"
    )
    yield from markdown(found.claims, "{:.2f}")
    if len(share := share_of_truth(metrics)):
        yield "\n## Share of the true probability's log-loss skill that the model reaches\n"
        yield from markdown(share, "{:.3f}")
    if len(found.bounds):
        yield "\n## Share of hours whose true probability lies within the 90 % bounds\n"
        yield from markdown(found.bounds, "{:.3f}")
    yield "\n## Reliability, all leads and nodes: mean forecast against how often it came\n"
    yield from markdown(found.classes, "{:.4g}")
