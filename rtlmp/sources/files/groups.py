"""What a file tells before it is read: its columns, and the statistics of a row group."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from rtlmp.asof.vintages import to_us
from rtlmp.io.parquet import extent
from rtlmp.schemas.columns import PUBLISHED, SERIES

EVER: Final = float("inf")


class BadFileError(ValueError):
    """A file that is not in the observation format: which, where, how many rows, an example."""


class Span(NamedTuple):
    """Of one row group."""

    first: float  # publication, us since 1970; -inf: not told
    last: float  # inf: not told
    series: tuple[str, str] | None  # least and greatest name; None: not told


def span(group: pq.RowGroupMetaData) -> Span:
    """Times that are not UTC are not told: they have to be read, and refused."""
    first, last = extent(group, PUBLISHED)
    least, greatest = extent(group, SERIES)
    return Span(
        to_us(first) if isinstance(first, datetime) and first.tzinfo else -EVER,
        to_us(last) if isinstance(last, datetime) and last.tzinfo else EVER,
        (least, greatest) if isinstance(least, str) and isinstance(greatest, str) else None,
    )


def complete(path: Path, wanted: Iterable[str], names: list[str]) -> None:
    """Raises BadFileError where a wanted column is not among `names`, those of the file."""
    if missing := sorted(set(wanted) - set(names)):
        raise BadFileError(f"{path}: no column {missing}; the file has {names}")


def csv_text(path: Path, wanted: Iterable[str]) -> pa.Table:
    """The wanted columns of a CSV file, all text."""
    with path.open() as file:
        names = file.readline().rstrip("\r\n").split(",")
    texts = {name: pa.string() for name in wanted}
    complete(path, texts, [name.strip('"') for name in names])
    chosen = csv.ConvertOptions(include_columns=list(texts), column_types=texts)
    return csv.read_csv(path, convert_options=chosen)
