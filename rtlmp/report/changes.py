"""The same hours forecast on two issue dates: what changed, and because of what.

The change of each probability is shared among the model and the groups of features by Shapley
values (Shapley 1953): the mean, over all orders of swapping old for new, of what each swap does.
They sum to the change exactly.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import factorial
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Floats
from rtlmp.evaluation.tables import Changes
from rtlmp.features.matrix import FEATURES
from rtlmp.features.registry import Group
from rtlmp.forecast.forecast import TIMES, model_probability
from rtlmp.report.explain import Issue
from rtlmp.schemas.core import HorizonRows

BECAUSE: Final = "because_"
OF_MODEL: Final = "model"
PLAYERS: Final = (OF_MODEL, *(group.value for group in Group))
GROUPS: Final = {f.name: f.group.value for f in FEATURES} | {
    HorizonRows.lead_hour: Group.CALENDAR.value
}
Coalition: TypeAlias = frozenset[str]


def changes(
    earlier: Mapping[str, Issue], later: Mapping[str, Issue], thresholds: list[float]
) -> DataFrame[Changes]:
    """Every hour, node and threshold that both issue dates forecast."""
    parts = [_of_node(node, earlier[node], later[node], thresholds) for node in earlier]
    return Changes.validate(pd.concat(parts, ignore_index=True))


def shapley(value: Mapping[Coalition, Floats]) -> dict[str, Floats]:
    """Each player's share of value(all) - value(none)."""
    players = max(value, key=len)
    n = len(players)
    weight = [factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)]

    def share(player: str) -> Floats:
        others = coalitions(players - {player})
        steps = [weight[len(s)] * (value[s | {player}] - value[s]) for s in others]
        return np.sum(steps, axis=0)

    return {player: share(player) for player in sorted(players)}


def coalitions(players: Coalition) -> Iterator[Coalition]:
    """Every subset."""
    for size in range(len(players) + 1):
        yield from map(frozenset, combinations(sorted(players), size))


def _of_node(node: str, earlier: Issue, later: Issue, thresholds: list[float]) -> pd.DataFrame:
    both = earlier.rows.merge(later.rows, on=HorizonRows.valid_time, suffixes=("_old", "_new"))
    if both.empty:
        spans = [f"{i.rows[HorizonRows.valid_time].min()}.." for i in (earlier, later)]
        raise ValueError(f"{node}: the issue dates share no hour ({spans}): choose nearer ones")
    design, value = [*later.rows.drop(columns=TIMES)], {}
    old, new = (
        both[[f"{name}_{side}" for name in design]].to_numpy(np.float32) for side in ("old", "new")
    )
    for swapped in coalitions(frozenset(PLAYERS)):
        x = np.where([GROUPS[name] in swapped for name in design], new, old)
        models = (later if OF_MODEL in swapped else earlier).models
        told = [model_probability(m, x, thresholds) for m in models]
        value[swapped] = np.mean(told, axis=0)
    shares, before, after = shapley(value), value[frozenset()], value[frozenset(PLAYERS)]
    each = [
        {
            Changes.valid_time: both[HorizonRows.valid_time],
            Changes.location: node,
            Changes.threshold: float(x),
            Changes.earlier: before[:, k],
            Changes.later: after[:, k],
            Changes.change: after[:, k] - before[:, k],
            **{BECAUSE + player: share[:, k] for player, share in shares.items()},
        }
        for k, x in enumerate(thresholds)
    ]
    return pd.concat(map(pd.DataFrame, each))
