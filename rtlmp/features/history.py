"""What a pool's models are fitted on, a file a month: feature rows as one matrix, labels aside.

The matrix lies in the file as it does in memory, so that each of the many trainings that share a
month maps it and copies only the rows it takes. Free of pandas, as a training job should be.

A pool of many nodes trains on some of them, sampled anew for each issue date: nodes of a pool are
alike, and a model's skill saturates long before memory does.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, TypedDict
from zlib import crc32

import numpy as np
import pyarrow as pa

from rtlmp.asof.labels import Labels
from rtlmp.asof.vintages import US_PER_HOUR, UTC_TIMES, Indices, Ints, Matrix
from rtlmp.clock import HORIZON_HOURS
from rtlmp.config import Config
from rtlmp.config.model import history_days
from rtlmp.io.files import BadFileError, atomic, naming, sha256
from rtlmp.io.parquet import to_numpy
from rtlmp.schemas.columns import ISSUED, LOCATION, VALID

MATRIX: Final = "x"
DESIGN_KEY: Final = b"design"  # key of the file's metadata: names of the matrix' columns
DIGEST: Final = b"sha256"  # and of the rows


class HistoryRows(NamedTuple):
    """(rows,) each, and what their numbers mean."""

    x: Matrix  # (rows, design)
    issued: Ints  # us since 1970
    hour: Ints  # hours since 1970
    node: Indices  # index into `nodes`
    nodes: list[str]
    design: list[str]


History: TypeAlias = Sequence[HistoryRows]  # of a pool, by month


class NodeSample(TypedDict):
    """Count of nodes of each pool sampled an issue date; none named: all of them."""

    counts: dict[str, int]
    seed: int | None


def node_sample(config: Config) -> NodeSample:
    """As many nodes as keep a model within `max_train_rows`."""
    most = max(1, config["max_train_rows"] // (HORIZON_HOURS * max(history_days(config))))
    counts = {pool: most for pool, nodes in config["pools"].items() if most < len(nodes)}
    return NodeSample(counts=counts, seed=config["seed"] if counts else None)


def sampled_nodes(of: NodeSample, pool: str, nodes: list[str], day: date) -> list[str]:
    """Those of the `nodes` of `pool` whose rows issued on `day` train its models."""
    if pool not in of["counts"]:
        return nodes
    rng = np.random.default_rng([of["seed"] or 0, day.toordinal(), crc32(pool.encode())])
    return [nodes[k] for k in np.sort(rng.choice(len(nodes), of["counts"][pool], replace=False))]


def write_history(rows: HistoryRows, path: str | Path) -> None:
    """An Arrow file: keys, and the matrix as lists of one length."""
    columns = {
        ISSUED: pa.array(rows.issued, pa.int64()).cast(UTC_TIMES),
        VALID: pa.array(rows.hour * US_PER_HOUR, pa.int64()).cast(UTC_TIMES),
        LOCATION: pa.DictionaryArray.from_arrays(rows.node.astype(np.int32), rows.nodes),
        MATRIX: pa.FixedSizeListArray.from_arrays(rows.x.ravel(), len(rows.design)),
    }
    told = {DESIGN_KEY: json.dumps(rows.design), DIGEST: _digest(rows)}
    table = pa.table(columns).replace_schema_metadata(told)

    def save(partial: Path) -> None:
        with pa.ipc.new_file(partial, table.schema) as file:
            file.write_table(table, max_chunksize=len(table) or None)

    atomic(path, save)


def read_history(path: str | Path) -> HistoryRows:
    """The rows at `path`, the matrix mapped from the file. Raises BadFileError with its name."""
    with naming(path):
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all().combine_chunks()
        table.validate(full=True)
        design = json.loads(table.schema.metadata[DESIGN_KEY])
        batch = (table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])[0]
        issued, valid = (to_numpy(batch[name].cast(pa.int64())) for name in (ISSUED, VALID))
        x = to_numpy(batch[MATRIX].flatten()).reshape(-1, len(design))
        place = batch[LOCATION]
        node, nodes = to_numpy(place.indices).astype(np.intp), place.dictionary.to_pylist()
        rows = HistoryRows(x, issued, valid // US_PER_HOUR, node, nodes, design)
        if table.schema.metadata.get(DIGEST, b"") != _digest(rows).encode():
            raise BadFileError(f"{path}: not the rows that were written: delete it and run again")
        return rows


def _digest(rows: HistoryRows) -> str:
    return sha256([*rows[:4], json.dumps([rows.nodes, rows.design]).encode()])


def nodes_of(months: Iterable[HistoryRows]) -> list[str]:
    """All nodes, in order."""
    return list(dict.fromkeys(node for month in months for node in month.nodes))


def labels_of(rows: HistoryRows, of: Ints, known: Mapping[str, Labels], hours: range) -> Labels:
    """What is known of the price of the rows `of`, all of whose hours are in `hours`."""
    each = zip(*(known[node] for node in rows.nodes), strict=True)
    at = rows.node[of], rows.hour[of] - hours.start
    return Labels(*(np.stack(values)[at] for values in each))


def read_pools(paths: Iterable[str | Path]) -> dict[str, list[HistoryRows]]:
    """The rows at `paths`, by the folder they stand in: a pool's."""
    found: dict[str, list[HistoryRows]] = {}
    for path in map(Path, paths):
        found.setdefault(path.parent.name, []).append(read_history(path))
    return found


def concat_history(each: History) -> HistoryRows:
    """One after the other; all of one pool."""
    x, issued, hour, node = (np.concatenate(of) for of in zip(*(h[:4] for h in each), strict=True))
    return HistoryRows(x, issued, hour, node, each[0].nodes, each[0].design)
