"""The registry of features and the table they make. A new one is one function and one row."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof import Archive, Matrix, View, view
from rtlmp.catalog import MARKETS
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config import Config
from rtlmp.features import calendar, fundamentals, prices, weather
from rtlmp.features.registry import Feature
from rtlmp.tables import Asks, Features

FEATURES: Final[tuple[Feature, ...]] = (
    *calendar.FEATURES,
    *prices.FEATURES,
    *fundamentals.FEATURES,
    *weather.FEATURES,
)
DESIGN: Final[list[str]] = [Asks.lead_hour, *(f.name for f in FEATURES)]  # a model's columns


def monthly(
    data: Archive, issued: Sequence[date], config: Config
) -> dict[str, DataFrame[Features]]:
    """One table a node, for the issue dates `issued`."""
    market, nodes = MARKETS[config["market"]], pd.Index(config["nodes"])
    views = [
        view(
            data,
            pd.Timestamp(issue_time(config, day)),
            pd.Timestamp(horizon_start(config, day)),
            market,
            nodes,
        )
        for day in issued
    ]
    return table(views)


def table(
    views: Sequence[View], features: Sequence[Feature] = FEATURES
) -> dict[str, DataFrame[Features]]:
    """One table a node: 72 rows a view, a float32 column a feature."""
    blocks = np.stack([_block(view, features) for view in views])  # (views, 72, nodes, features)
    asks = pd.concat([_asks(view) for view in views], ignore_index=True)
    names = [f.name for f in features]
    return {
        node: Features.validate(asks.join(_columns(blocks[:, :, k], names)))
        for k, node in enumerate(views[0].nodes)
    }


def _block(view: View, features: Sequence[Feature]) -> Matrix:
    """(72, nodes, features)."""
    shape = (len(view.valid_time), len(view.nodes))
    out = np.empty((*shape, len(features)), dtype=np.float32)
    for k, feature in enumerate(features):
        out[..., k] = np.broadcast_to(feature.compute(view), shape)
    return out


def _columns(block: Matrix, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(block.reshape(-1, len(names)), columns=names)


def _asks(view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            Asks.valid_time: view.valid_time,
            Asks.issue_time: view.issue_time,
            Asks.lead_hour: np.arange(1, len(view.valid_time) + 1),
        }
    )
