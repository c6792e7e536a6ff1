"""From when to when a source has the target price: read before any rule, so kept light."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rtlmp.asof.vintages import EPOCH, US_PER_HOUR
from rtlmp.catalog import BY_NAME, MARKETS, SeriesName
from rtlmp.clock import instant, issue_time
from rtlmp.config import Config
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES
from rtlmp.sources.files.pieces import Piece, pieces

NAMES = (SERIES, LOCATION, PUBLISHED)
RECENT = 36 * US_PER_HOUR  # of the newest price of a node, against those of the others
log = logging.getLogger(__name__)


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
    """Of files: the pieces that may hold the first price, and the last of every node, are read.
    A node without a recent one is named."""
    target, nodes = BY_NAME[config["target"]], config["nodes"]
    parts = [*pieces(paths, NAMES, {SERIES: (target.value, target.value)})]
    published = cache(lambda piece: _published(piece, target, frozenset(nodes)))
    first, newest = np.inf, dict.fromkeys(nodes, -np.inf)
    for piece in sorted(parts, key=lambda piece: -piece.until):
        if piece.until > min(newest.values()):
            for node, at in published(piece)[1].items():
                newest[node] = max(newest[node], at)
    for piece in sorted(parts, key=lambda piece: piece.since):
        if piece.since < first:
            first = min(first, published(piece)[0])
    last = max(newest.values())
    seen = sorted(node for node, at in newest.items() if at > -np.inf)
    where = f"it holds it at {seen}, in files {[p.name for p in paths]}"
    if not seen:
        raise ValueError(f"{config['data_dir']}: no {target} at {nodes}; {where}")
    for node in (node for node, at in newest.items() if at < last - RECENT):
        since = f"since {_instant(newest[node]):%Y-%m-%d %H:%MZ}" if node in seen else where
        log.warning("%s: no %s at %s; %s", config["data_dir"], target, node, since)
    return Coverage(_instant(first), _instant(last))


def _instant(us: float) -> datetime:
    return EPOCH + timedelta(microseconds=us)


def _published(
    piece: Piece, target: SeriesName, nodes: frozenset[str]
) -> tuple[float, dict[str, float]]:
    """First publication of the target at `nodes` in a piece, and the last at each that it has."""
    table = piece.read(NAMES)
    (series, names), (column, places) = (piece.text(table, name) for name in (SERIES, LOCATION))
    named, there = ([x == target for x in names], [place in nodes for place in places])
    kept = np.array(named, dtype=bool)[series] & np.array(there, dtype=bool)[column]
    at = piece.utc(table, PUBLISHED)[kept]
    if not len(at):
        return np.inf, {}
    column = column[kept]
    return int(at.min()), {places[k]: int(at[column == k].max()) for k in np.unique(column)}


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
