"""What the statistics of a Parquet row group tell without reading it."""

from datetime import datetime
from typing import Final, NamedTuple

import pyarrow.parquet as pq

from rtlmp.archive import us
from rtlmp.columns import PUBLISHED, SERIES
from rtlmp.parquet import extent

EVER: Final = float("inf")


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
        us(first) if isinstance(first, datetime) and first.tzinfo else -EVER,
        us(last) if isinstance(last, datetime) and last.tzinfo else EVER,
        (least, greatest) if isinstance(least, str) and isinstance(greatest, str) else None,
    )
