"""A forecast's rows to a file a node and threshold. Free of pandas: at many nodes, many files."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from rtlmp.clock import HORIZON_HOURS
from rtlmp.config import threshold_name
from rtlmp.io.files import CHECKSUMS, atomic, folder_name
from rtlmp.io.parquet import open_parquet
from rtlmp.schemas.columns import LOCATION, THRESHOLD


def export_files(whole: str | Path, paths: Iterable[str | Path]) -> None:
    """The 72 rows of `whole` of each of `paths`, <node>/<threshold>/<date>.parquet."""
    table = open_parquet(whole).read()
    nodes, thresholds = (table[c].to_pylist()[::HORIZON_HOURS] for c in (LOCATION, THRESHOLD))
    keys = zip(map(folder_name, nodes), map(threshold_name, thresholds), strict=True)
    first = {key: k * HORIZON_HOURS for k, key in enumerate(keys)}
    for path in map(Path, paths):
        rows = table.slice(first[path.parts[-3], path.parts[-2]], HORIZON_HOURS)
        atomic(path, partial(pq.write_table, rows, **CHECKSUMS))
