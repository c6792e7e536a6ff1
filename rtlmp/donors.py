"""History that trains a model although nobody asks for its forecast: other places, other prices.

A donor is a made-up node: the prices of a kind at a place, which `hourly` keeps under the
donor's name, and the day-ahead price of that place. It has features like any node, apart from
the others so that theirs do not change, and its rows train every pool.
"""

from collections.abc import Mapping

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import Q
from rtlmp.config import Donor
from rtlmp.tables import Observations


def renamed(
    rows: DataFrame[Observations], donors: Mapping[str, Donor], *, auction: bool = False
) -> DataFrame[Observations]:
    """What `rows` hold for the donors, under their names: their price, or the auction's."""
    parts = [
        rows[
            (rows[Observations.location] == donor["at"])
            & (rows[Observations.series] == (Q.DAM_SPP if auction else donor["price"]).value)
        ].assign(**{Observations.location: name})
        for name, donor in donors.items()
    ]
    return Observations.validate(pd.concat([rows.iloc[:0], *parts], ignore_index=True))
