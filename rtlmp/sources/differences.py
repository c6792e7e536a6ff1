"""A node that is a difference of two: `HB_WEST minus HB_NORTH`, the basis of a node to its hub.

Made of what a source gave of both, it is a location like any other to all that follows. The chance
that it falls below -x is that of `HB_NORTH minus HB_WEST` above x.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import DAM_PARTS, RT_PARTS, SeriesName
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Observations

MINUS: Final = " minus "  # in no market's names
PRICES: Final = (
    SeriesName.RT_LMP, SeriesName.RT_SPP, SeriesName.DAM_SPP, *RT_PARTS, *DAM_PARTS
)  # fmt: skip
INTERVAL: Final = [Observations.series, Observations.valid_time]


def legs(nodes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What each of `nodes` that is a difference is made of; those that are none are left out.

    Raises ValueError where one is no difference of two.
    """
    made = {node: tuple(part.strip() for part in node.split(MINUS)) for node in nodes}
    found = {node: parts for node, parts in made.items() if MINUS.strip() in node.split()}
    for node, parts in found.items():
        if len({*parts} - {""}) != 2 or len(parts) != 2 or node != MINUS.join(parts):  # noqa: PLR2004
            raise ValueError(f"config: nodes has {node!r}: want two nodes as 'A{MINUS}B'")
    return {node: (parts[0], parts[1]) for node, parts in found.items()}


def sourced(nodes: Iterable[str]) -> list[str]:
    """The locations that a source has to give for `nodes`, each once, sorted."""
    made = legs(nodes := [*nodes])
    return sorted({place for node in nodes for place in made.get(node, (node,))})


def differences(rows: DataFrame[Observations], nodes: Iterable[str]) -> pd.DataFrame:
    """`Observations` of those of `nodes` that are differences, from the prices in `rows`.

    A vintage whenever either price has one, of what was known of both by then. An interval that
    has but one of them among `rows` has none.
    """
    made = list[pd.DataFrame]()
    for node, (a, b) in legs(nodes).items():
        of = rows[rows[Observations.location].isin((a, b)) & rows[Observations.series].isin(PRICES)]
        wide = of.pivot(
            index=[*INTERVAL, Observations.publish_time],
            columns=Observations.location,
            values=Observations.value,
        ).reindex(columns=[a, b])
        known = wide.sort_index().groupby(level=INTERVAL).ffill().dropna()
        value = (known[a] - known[b]).rename(Observations.value).reset_index()
        made.append(value.assign(**{Observations.location: node}))
    table = pd.concat(made, ignore_index=True).sort_values(Observations.publish_time, kind="stable")
    return table[[*Observations.to_schema().columns]]


def add_differences(paths: Iterable[str | Path], nodes: Iterable[str]) -> None:
    """The same into files of observations, a series and month each, that were just written."""
    if made := legs(nodes):
        for path in (path for path in paths if Path(path).parent.name in PRICES):
            held = read_table(Observations, path)
            rows = held[~held[Observations.location].isin(made)]  # of another run's folder
            whole = pd.concat([rows, differences(held, made)], ignore_index=True)
            write_table(Observations, whole.astype(rows.dtypes), path)
