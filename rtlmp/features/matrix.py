"""The registry of features and the table they make. A new one is one function and one row."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import View, hour_range, view
from rtlmp.asof.vintages import Archive, Matrix, to_us
from rtlmp.catalog import MARKETS
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config.jobs import NodeSettings, PoolSettings
from rtlmp.features import calendar, fundamentals, prices, weather
from rtlmp.features.history import HistoryRows, NodeSample, concat_history, sampled_nodes
from rtlmp.features.registry import Feature
from rtlmp.schemas.core import Features, HorizonRows

FEATURES: Final[tuple[Feature, ...]] = (
    *calendar.FEATURES,
    *prices.FEATURES,
    *fundamentals.FEATURES,
    *weather.FEATURES,
)
DESIGN: Final[list[str]] = [HorizonRows.lead_hour, *(f.name for f in FEATURES)]  # a model's columns


def monthly_features(
    data: Archive, issued: Sequence[date], config: NodeSettings
) -> Iterator[tuple[str, DataFrame[Features]]]:
    """One table a node, for the issue dates `issued`."""
    return feature_tables(_view(data, day, config, config["nodes"]) for day in issued)


def training_features(
    data: Archive, issued: Sequence[date], config: PoolSettings, draw: NodeSample
) -> dict[str, HistoryRows]:
    """By pool, the rows issued on the dates `issued` that its models learn from."""
    pools = config["pools"]
    parts: dict[str, list[HistoryRows]] = {pool: [] for pool in pools}
    for day in issued:
        chosen = {pool: sampled_nodes(draw, pool, of, day) for pool, of in pools.items()}
        nodes = [node for of in chosen.values() for node in of]
        seen = _view(data, day, config, nodes)
        block, at = _block(seen, FEATURES), 0
        for pool, of in chosen.items():
            rows = _rows(seen, block[:, at : at + len(of)], of, pools[pool])
            parts[pool].append(rows)
            at += len(of)
    return {pool: concat_history(of) for pool, of in parts.items()}


def feature_tables(
    views: Iterable[View], features: Sequence[Feature] = FEATURES
) -> Iterator[tuple[str, DataFrame[Features]]]:
    """One table a node: 72 rows a view, a float32 column a feature.

    A view holds much and is dropped once its features are computed.
    """
    made = [(_asks(view), view.nodes, _block(view, features)) for view in views]
    asks = Features.validate(pd.concat([asks for asks, _, _ in made], ignore_index=True))
    names = [f.name for f in features]
    for k, node in enumerate(made[0][1]):
        values = np.concatenate([block[:, k] for _, _, block in made])
        yield node, asks.join(pd.DataFrame(values, columns=names))


def _view(data: Archive, day: date, config: NodeSettings, nodes: list[str]) -> View:
    at, start = (pd.Timestamp(of(config, day)) for of in (issue_time, horizon_start))
    network = pd.Index(config["nodes"])
    return view(data, at, start, MARKETS[config["market"]], pd.Index(nodes), network)


def _rows(seen: View, block: Matrix, nodes: list[str], pool: list[str]) -> HistoryRows:
    """`block` (72, nodes, features) as rows, node by node."""
    hours, count = len(seen.valid_time), len(nodes)
    lead = np.tile(np.arange(1, hours + 1, dtype=np.float32), count)
    flat = block.transpose(1, 0, 2).reshape(hours * count, -1)
    return HistoryRows(
        np.column_stack([lead, flat]),
        np.full(len(lead), to_us(seen.issue_time)),
        np.tile(np.array(hour_range(seen.valid_time)), count),
        np.array([pool.index(node) for node in nodes]).repeat(hours),
        pool,
        DESIGN,
    )


def _block(view: View, features: Sequence[Feature]) -> Matrix:
    """(72, nodes, features)."""
    shape = (len(view.valid_time), len(view.nodes))
    out = np.empty((*shape, len(features)), dtype=np.float32)
    for k, feature in enumerate(features):
        out[..., k] = np.broadcast_to(feature.compute(view), shape)
    return out


def _asks(view: View) -> pd.DataFrame:
    return pd.DataFrame(
        {
            HorizonRows.valid_time: view.valid_time,
            HorizonRows.issue_time: view.issue_time,
            HorizonRows.lead_hour: np.arange(1, len(view.valid_time) + 1),
        }
    )
