"""What the statistics of a Parquet row group tell without reading it."""

from datetime import datetime
from typing import Final, NamedTuple

import pyarrow.parquet as pq

from rtlmp.archive import us
from rtlmp.columns import PUBLISHED, SERIES

EVER: Final = float("inf")


class Span(NamedTuple):
    """Of one row group."""

    first: float  # publication, us since 1970; -inf: not told
    last: float  # inf: not told
    series: tuple[str, str] | None  # least and greatest name; None: not told


def span(group: pq.RowGroupMetaData) -> Span:
    """Times that are not UTC are not told: they have to be read, and refused."""
    first, last = _least_greatest(group, PUBLISHED)
    least, greatest = _least_greatest(group, SERIES)
    return Span(
        us(first) if isinstance(first, datetime) and first.tzinfo else -EVER,
        us(last) if isinstance(last, datetime) and last.tzinfo else EVER,
        (least, greatest) if isinstance(least, str) and isinstance(greatest, str) else None,
    )


def _least_greatest(group: pq.RowGroupMetaData, name: str) -> tuple[object, object]:
    columns = (group.column(k) for k in range(group.num_columns))
    of = next(column for column in columns if column.path_in_schema == name)
    known = of.is_stats_set and of.statistics.has_min_max
    return (of.statistics.min, of.statistics.max) if known else (None, None)
