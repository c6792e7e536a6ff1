"""All features, and the tables they make. A new feature is one function in one file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, TypeAlias, cast

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import View, horizon_rows, hour_range, view
from rtlmp.asof.vintages import Archive, Matrix, to_us
from rtlmp.catalog import MARKETS
from rtlmp.clock import horizon_start, issue_time
from rtlmp.config.jobs import ClockSettings, NodeSettings, PoolSettings
from rtlmp.features import calendar, fundamentals, prices, weather  # noqa: F401  # registered
from rtlmp.features.history import HistoryRows, NodeSample, concat_history, sampled_nodes
from rtlmp.features.registry import REGISTERED, Feature, Group
from rtlmp.schemas.core import Features, HorizonRows

Names: TypeAlias = list[str]
FEATURES: Final = sorted(REGISTERED, key=lambda of: [*Group].index(of.group))


def features_of(config: ClockSettings) -> list[Feature]:
    """Those that forecasts of this horizon have."""
    return [f for f in FEATURES if f.only in (None, config["horizon"])]


def monthly_features(
    data: Archive, issued: Sequence[date], config: NodeSettings
) -> Iterator[tuple[str, DataFrame[Features]]]:
    """One table a node, for the issue dates `issued`."""
    views = (_view(data, day, config, config["nodes"]) for day in issued)
    return feature_tables(views, features_of(config))


def training_features(
    data: Archive, issued: Sequence[date], config: PoolSettings, sample: NodeSample
) -> dict[str, HistoryRows]:
    """By pool, the rows issued on the dates `issued` that its models are fitted on."""
    pools, features = config["pools"], features_of(config)
    design = [HorizonRows.lead_hour, *(f.name for f in features)]  # a model's columns
    rows: dict[str, list[HistoryRows]] = {pool: [] for pool in pools}
    for day in issued:
        sampled = {pool: sampled_nodes(sample, pool, of, day) for pool, of in pools.items()}
        seen = _view(data, day, config, [node for of in sampled.values() for node in of])
        ends = np.cumsum([len(of) for of in sampled.values()])
        blocks = np.split(_block(seen, features), ends[:-1], axis=1)
        for (pool, of), block in zip(sampled.items(), blocks, strict=True):
            rows[pool].append(_rows(seen, block, of, pools[pool], design))
    return {pool: concat_history(of) for pool, of in rows.items()}


def feature_tables(
    views: Iterable[View], features: Sequence[Feature] = FEATURES
) -> Iterator[tuple[str, DataFrame[Features]]]:
    """One table a node: 72 rows a view, a float32 column a feature.

    A view holds much and is dropped once its features are computed.
    """
    made = [(v.issue_time, v.valid_time[0], v.nodes, _block(v, features)) for v in views]
    horizons = pd.concat([horizon_rows(*of[:2]) for of in made], ignore_index=True)
    Features.validate(horizons)
    names = [f.name for f in features]
    for k, node in enumerate(made[0][2]):
        values = np.concatenate([of[-1][:, k] for of in made])
        yield node, cast("DataFrame[Features]", horizons.join(pd.DataFrame(values, columns=names)))


def _view(data: Archive, day: date, config: NodeSettings, nodes: list[str]) -> View:
    at, start = issue_time(config, day), horizon_start(config, day)
    network = pd.Index(config["nodes"])
    return view(data, at, start, MARKETS[config["market"]], pd.Index(nodes), network)


def _rows(seen: View, block: Matrix, nodes: Names, pool: Names, design: Names) -> HistoryRows:
    """`block` (72, nodes, features) as rows, node by node."""
    hours, count = len(seen.valid_time), len(nodes)
    lead = np.tile(np.arange(1, hours + 1, dtype=np.float32), count)
    flat = block.transpose(1, 0, 2).reshape(hours * count, -1)
    issued = np.full(len(lead), to_us(seen.issue_time))
    hour = np.tile(np.array(hour_range(seen.valid_time)), count)
    node = np.array([pool.index(node) for node in nodes]).repeat(hours)
    return HistoryRows(np.column_stack([lead, flat]), issued, hour, node, pool, design)


def _block(view: View, features: Sequence[Feature]) -> Matrix:
    """(72, nodes, features)."""
    shape = (len(view.valid_time), len(view.nodes))
    out = np.empty((*shape, len(features)), dtype=np.float32)
    for k, feature in enumerate(features):
        out[..., k] = np.broadcast_to(feature.compute(view), shape)
    return out
