"""Arrow's numbers as NumPy's, without pandas, which pyarrow's own `to_numpy` and `array` import.

Why without: `rtlmp.schemas.columns`.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from rtlmp.io.files import CHECKSUMS, BadFileError, atomic, naming

P = TypeVar("P", bound=str | Path)


def open_parquet(path: str | Path, words: Iterable[str] = ()) -> pq.ParquetFile:
    """A file to read columns of, `words` as dictionaries. Raises BadFileError with its name."""
    with naming(path):
        return pq.ParquetFile(path, read_dictionary=[*words], page_checksum_verification=True)


def to_numpy(of: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """The numbers themselves, not a copy, where they lie in one piece; none may be missing."""
    return np.from_dlpack(of.combine_chunks() if isinstance(of, pa.ChunkedArray) else of)


def flags(of: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """True or false; none may be missing."""
    return to_numpy(of.cast(pa.uint8())).view(np.bool_)


Bounds: TypeAlias = tuple[Any, Any]  # least and greatest value; None: not known, or any


def extent(group: pq.RowGroupMetaData, name: str) -> Bounds:
    """Least and greatest value of a column in a row group, where its statistics tell.

    As stored: text is bytes and times are counts; pyarrow's own `min` of a time imports pandas.
    """
    columns = (group.column(k) for k in range(group.num_columns))
    of = next((column for column in columns if column.path_in_schema == name), None)
    return column_extent(of) if of else (None, None)


def column_extent(of: pq.ColumnChunkMetaData) -> Bounds:
    told = of.statistics
    return (told.min_raw, told.max_raw) if told and told.has_min_max else (None, None)


def safe_footers(paths: Iterable[P]) -> list[P]:
    """`paths`. Raises BadFileError for one with a footer of which Arrow kills who looks at it."""
    if not _survives(each := [*paths]):
        for path in each:
            if not _survives([path]):
                raise BadFileError(f"{path}: its footer cannot be read: write the file again")
    return each


def _survives(paths: Sequence[str | Path]) -> bool:
    """If a process that looks at these footers does: here a fork."""
    if not (child := os.fork()):
        for path in paths:
            with suppress(Exception):  # told where the file is read
                file = open_parquet(path)
                for group in map(file.metadata.row_group, range(file.num_row_groups)):
                    [column_extent(group.column(k)) for k in range(group.num_columns)]
        os._exit(0)
    return not os.waitpid(child, 0)[1]


def possible_row_groups(file: pq.ParquetFile, wanted: Mapping[str, Bounds]) -> list[int]:
    """Row groups that may hold a row with every column within its bounds; those of times are us."""
    groups = (file.metadata.row_group(k) for k in range(file.num_row_groups))
    return [
        k
        for k, group in enumerate(groups)
        if group.num_rows
        and all(_overlap(extent(group, name), bounds) for name, bounds in wanted.items())
    ]


def write_row_groups(tables: Iterable[pa.Table], path: str | Path) -> None:
    """Write `tables`, a row group each, whole or not at all: only one is in memory at a time."""

    def save(tmp: Path) -> None:
        with ExitStack() as stack:
            writer = None
            for table in tables:
                if writer is None:
                    writer = stack.enter_context(pq.ParquetWriter(tmp, table.schema, **CHECKSUMS))
                writer.write_table(table, len(table) or None)  # else split at 1,048,576 rows

    atomic(path, save)


def dictionary_codes(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.intp], list[str]]:
    """A column of words, each spelled once: index into the words, and these."""
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no chunk at all
        return np.empty(0, dtype=np.intp), []
    return to_numpy(whole.indices).astype(np.intp), whole.dictionary.to_pylist()


def _overlap(told: Bounds, bounds: Bounds) -> bool:
    """False only where both are known and compare."""
    least, most = (bound.encode() if isinstance(bound, str) else bound for bound in bounds)
    pairs = (least, told[1]), (told[0], most)
    return all(low is None or type(low) is not type(high) or low <= high for low, high in pairs)
