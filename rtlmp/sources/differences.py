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
from rtlmp.sources.legs import legs

PRICES: Final = (
    SeriesName.RT_LMP, SeriesName.RT_SPP, SeriesName.DAM_SPP, *RT_PARTS, *DAM_PARTS
)  # fmt: skip
INTERVAL: Final = [Observations.series, Observations.valid_time]


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
