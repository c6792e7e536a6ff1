"""From when to when a source has the target price: read before any rule, so kept light."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rtlmp.asof.vintages import EPOCH, to_us
from rtlmp.catalog import BY_NAME, MARKETS, SeriesName
from rtlmp.clock import instant, issue_time
from rtlmp.config import Config
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES
from rtlmp.sources.files.groups import EVER, complete, csv_text, span

NAMES = (SERIES, LOCATION, PUBLISHED)


class Coverage(NamedTuple):
    """First and last publication of the target price at the nodes, UTC."""

    first: datetime
    last: datetime


class Group(NamedTuple):
    """A row group of a Parquet file, or a file of CSV: None."""

    path: Path
    row_group: int | None
    first: float  # publication, us since 1970, as far as told
    last: float


def coverage(config: Config, paths: Sequence[Path]) -> Coverage:
    """What `config["source"]` covers. Raises ValueError where it has no target price at a node."""
    if config["source"] == "synthetic":
        tz, window = MARKETS[config["market"]].tz, config["synthetic"]
        end = window["end"] + timedelta(days=1)
        return Coverage(instant(window["start"], "00:00", tz), instant(end, "00:00", tz))
    if config["source"] == "live":
        return _live(config, datetime.now(UTC))
    return _stored(config, paths)


def issue_dates(config: Config, covered: Coverage) -> tuple[date, date]:
    """First and last issue date with prices before its issue time, and at it."""
    first, last = covered.first.date(), covered.last.date()
    while issue_time(config, first) < covered.first:
        first += timedelta(days=1)
    while issue_time(config, last) > covered.last:
        last -= timedelta(days=1)
    return first, last


def _stored(config: Config, paths: Sequence[Path]) -> Coverage:
    """Of files: the parts that may hold the first and the last price, and every node, are read."""
    target, nodes = BY_NAME[config["target"]], config["nodes"]
    groups = [group for path in paths for group in _groups(path, target)]
    published = cache(lambda group: _published(group, target, nodes))
    seen: set[str] = set()
    first, last = EVER, -EVER
    for group in sorted(groups, key=lambda group: group.first):
        if group.first < first or not seen.issuperset(nodes):
            spans = published(group)
            seen.update(spans)
            first = min([first, *(to_us(s.first) for s in spans.values())])
    for group in sorted(groups, key=lambda group: -group.last):
        if group.last > last:
            last = max([last, *(to_us(s.last) for s in published(group).values())])
    if missing := sorted(set(nodes) - seen):
        raise ValueError(
            f"{config['data_dir']}: no {config['target']} at {missing}; it holds it at "
            f"{sorted(seen)}, in files {[p.name for p in paths]}"
        )
    return Coverage(*(EPOCH + timedelta(microseconds=at) for at in (first, last)))


def _live(config: Config, now: datetime) -> Coverage:
    """From `start` to the issue time of the run's date, by default the newest that has passed."""
    start, day = config.get("start"), config.get("date") or now.date()
    while not config.get("date") and issue_time(config, day) > now:
        day -= timedelta(days=1)
    if issue_time(config, day) > now:
        raise ValueError(
            f"date {day}: its issue time {issue_time(config, day):%Y-%m-%d %H:%MZ} is still to "
            "come; run later, or set issue_time earlier"
        )
    first = instant(start or day, "00:00", MARKETS[config["market"]].tz)
    if first >= issue_time(config, day):
        raise ValueError(f"start {start} is not before the issue time of date {day}")
    # what is published at the issue time itself counts as known
    return Coverage(first, issue_time(config, day) + timedelta(microseconds=1))


def _groups(path: Path, target: SeriesName) -> Iterator[Group]:
    """Parts of a file that may hold the target."""
    if path.suffix != ".parquet":
        yield Group(path, None, -EVER, EVER)
        return
    file = pq.ParquetFile(path)
    complete(path, NAMES, file.schema_arrow.names)
    for k in range(file.num_row_groups):
        first, last, series = span(file.metadata.row_group(k))
        if series is None or series[0] <= target <= series[1]:
            yield Group(path, k, first, last)


def _published(group: Group, target: SeriesName, nodes: Sequence[str]) -> dict[str, Coverage]:
    """Span of the target's publication at each of `nodes` that the part of a file has."""
    rows = _rows(group.path, group.row_group)
    wanted = pc.is_in(rows[LOCATION], pa.array(nodes, pa.string()))
    rows = rows.filter(pc.and_(wanted, pc.equal(rows[SERIES], target.value)))
    spans = rows.group_by(LOCATION).aggregate([(PUBLISHED, "min"), (PUBLISHED, "max")]).to_pylist()
    return {
        s[LOCATION]: Coverage(_instant(s[f"{PUBLISHED}_min"]), _instant(s[f"{PUBLISHED}_max"]))
        for s in spans
    }


def _rows(path: Path, row_group: int | None) -> pa.Table:
    if row_group is None:
        return csv_text(path, NAMES)
    return pq.ParquetFile(path).read_row_group(row_group, columns=list(NAMES))


def _instant(value: datetime | str) -> datetime:
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
