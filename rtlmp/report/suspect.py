"""A forecast is checked once it is made: the impossible is an error, the suspicious is said."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.clock import HORIZON_HOURS
from rtlmp.evaluation.drift import unlike
from rtlmp.forecast.forecast import Asked, NodeFeatures
from rtlmp.report.sheet import flags_of
from rtlmp.schemas.core import Bounded, Features, Flagged

HOURS = [Bounded.location, Bounded.lead_hour]


def require_possible(rows: pd.DataFrame, nodes: list[str], thresholds: list[float]) -> None:
    """Raises ValueError, with values, unless `rows` of an issue time have the 72 hours of each node
    and threshold, and probabilities in 0 to 1 that do not rise with it."""
    p = rows.drop_duplicates([*HOURS, Bounded.threshold])
    p = p.pivot(index=HOURS, columns=Bounded.threshold, values=Bounded.probability)
    asked = pd.MultiIndex.from_product([nodes, range(1, HORIZON_HOURS + 1)], names=HOURS)
    p = p.reindex(index=asked, columns=sorted(thresholds))
    bad = p[~((p >= 0) & (p <= 1)).all(axis=1) | (p.diff(axis=1) > 0).any(axis=1)]
    if len(bad) or len(rows) != p.size:
        what = f"{len(bad)} node hours are not within 0 to 1 and falling with the threshold"
        raise ValueError(f"impossible: {len(rows)} rows, want {p.size}; {what}:\n{bad.head(3)}")


def flag_suspect(
    rows: DataFrame[Bounded], asked: Sequence[Asked], features: NodeFeatures, xs: list[float]
) -> DataFrame[Bounded]:
    """`rows` of an issue time, `asked` for at the thresholds `xs`, with what a node's newest model
    was not trained for, if anything. Raises as `require_possible`."""
    require_possible(rows, [node for of in asked for node in of.nodes], xs)
    at, said = rows[Bounded.issue_time].iloc[0], dict[str, str]()
    for card, nodes in ((of.models[0].card, of.nodes) for of in asked if of.models):
        for node in nodes if "drift" in card else ():
            x = features[node].loc[features[node][Features.issue_time] == at, card["features"]]
            if of := unlike(card["drift"], card["features"], x.to_numpy(np.float32)):
                said[node] = f"{node}: {of}"
    suspect = rows[Bounded.location].map(said).fillna("")
    return Bounded.validate(rows.assign(**{Flagged.suspect: suspect})) if said else rows


def flags_told(rows: DataFrame[Bounded]) -> list[str]:
    """A line a flag of `rows` and what it says."""
    flags = flags_of(rows)
    return [f"{flag}: {said}\n" for flag in flags for said in rows[flag].unique() if said]
