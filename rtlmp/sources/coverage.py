"""From when to when a source has the target price: read before any rule, so kept light."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from rtlmp.catalog import BY_NAME, MARKETS, Q
from rtlmp.clock import instant, issue_time
from rtlmp.columns import LOCATION, PUBLISHED, SERIES
from rtlmp.config import Config

NAMES = (SERIES, LOCATION, PUBLISHED)


class Coverage(NamedTuple):
    """First and last publication of the target price at the nodes, UTC."""

    first: datetime
    last: datetime


def coverage(config: Config, paths: Sequence[Path]) -> Coverage:
    """What `config["source"]` covers. Raises ValueError where it has no target price at a node."""
    if config["source"] == "synthetic":
        tz, window = MARKETS[config["market"]].tz, config["synthetic"]
        end = window["end"] + timedelta(days=1)
        return Coverage(instant(window["start"], "00:00", tz), instant(end, "00:00", tz))
    if config["source"] == "live":
        return _live(config, datetime.now(UTC))
    held = [_published(path, BY_NAME[config["target"]], config["nodes"]) for path in paths]
    there = {node for spans in held for node in spans}
    if missing := sorted(set(config["nodes"]) - there):
        raise ValueError(
            f"{config['data_dir']}: no {config['target']} at {missing}; it holds it at "
            f"{sorted(there)}, in files {[p.name for p in paths]}"
        )
    spans = [span for spans in held for span in spans.values()]
    return Coverage(min(s.first for s in spans), max(s.last for s in spans))


def issue_dates(config: Config, covered: Coverage) -> tuple[date, date]:
    """First and last issue date with prices before its issue time, and at it."""
    first, last = covered.first.date(), covered.last.date()
    while issue_time(config, first) < covered.first:
        first += timedelta(days=1)
    while issue_time(config, last) > covered.last:
        last -= timedelta(days=1)
    return first, last


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


def _published(path: Path, target: Q, nodes: Sequence[str]) -> dict[str, Coverage]:
    """Span of the target's publication at each of `nodes` that the file has."""
    rows = _parquet(path, target) if path.suffix == ".parquet" else _csv(path, target)
    rows = rows.filter(pc.is_in(rows[LOCATION], pa.array(nodes, pa.string())))
    spans = rows.group_by(LOCATION).aggregate([(PUBLISHED, "min"), (PUBLISHED, "max")]).to_pylist()
    return {
        s[LOCATION]: Coverage(_instant(s[f"{PUBLISHED}_min"]), _instant(s[f"{PUBLISHED}_max"]))
        for s in spans
    }


def _parquet(path: Path, target: Q) -> pa.Table:
    _require(path, pq.read_schema(path).names)
    return pq.read_table(path, columns=list(NAMES), filters=[(SERIES, "==", target.value)])


def _csv(path: Path, target: Q) -> pa.Table:
    with path.open() as file:
        _require(path, file.readline().strip().split(","))
    text = dict.fromkeys(NAMES, pa.string())
    options = csv.ConvertOptions(include_columns=list(NAMES), column_types=text)
    rows = csv.read_csv(path, convert_options=options)
    return rows.filter(pc.equal(rows[SERIES], target.value))


def _require(path: Path, names: list[str]) -> None:
    if missing := sorted(set(NAMES) - set(names)):
        raise ValueError(f"{path}: no column {missing}; the file has {names}")


def _instant(value: datetime | str) -> datetime:
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
