"""From when to when a source has the target price: read before any rule, so kept light."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rtlmp.asof.vintages import EPOCH, NOTHING, Ints, to_us
from rtlmp.catalog import BY_NAME, MARKETS, MINUTES, UNSTATED, SeriesName
from rtlmp.clock import instant, issue_time
from rtlmp.config import Config
from rtlmp.config.errors import did_you_mean
from rtlmp.io.files import naming
from rtlmp.schemas.columns import LOCATION, PUBLISHED, SERIES
from rtlmp.sources.files.checks import DAY, same_place
from rtlmp.sources.files.pieces import Piece, pieces
from rtlmp.sources.legs import sourced

NAMES = (SERIES, LOCATION, PUBLISHED)
RECENT = UNSTATED // timedelta(microseconds=1)  # of a node's newest price, against the others'
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
    return _stored(config, paths, datetime.now(UTC))


def issue_dates(config: Config, covered: Coverage) -> tuple[date, date]:
    """First and last issue date with prices before its issue time, and at it."""
    first, last = covered.first.date(), covered.last.date()
    while issue_time(config, first) < covered.first:
        first += timedelta(days=1)
    while issue_time(config, last) > covered.last:
        last -= timedelta(days=1)
    return first, last


def _stored(config: Config, paths: Sequence[Path], now: datetime) -> Coverage:
    """Of files: the pieces that may hold the first price, and the last of every node, are read.
    A node without a recent one is named."""
    target, newest = BY_NAME[config["target"]], dict.fromkeys(sourced(config["nodes"]), -np.inf)
    parts = [*pieces(paths, NAMES, {SERIES: (target.value, target.value)})]

    @cache
    def of(piece: Piece) -> dict[str, Ints]:
        with naming(piece.path):
            return _times(piece, target, frozenset(newest), to_us(now))

    places = set[str]()
    for piece in sorted(parts, key=lambda piece: -piece.until):
        if piece.until > min(newest.values()):
            places |= {*of(piece)}
            newest |= {q: max(newest[q], at.max()) for q, at in of(piece).items() if len(at)}
    absent = sorted(node for node, at in newest.items() if np.isinf(at))
    if len(absent) == len(newest):
        raise ValueError(_absent(config, absent, places, paths))
    if absent:
        log.warning("%s", _absent(config, absent, places, paths))
    few = len(newest) * MINUTES["h"] // MINUTES[target.step]  # prices of an hour: less is no date
    first, last = (sign * _edge(parts, of, few, sign) for sign in (1, -1))
    for node in (node for node, at in newest.items() if np.isfinite(at) and at < last - RECENT):
        since = f"{_instant(newest[node]):%Y-%m-%d %H:%MZ}"
        log.warning("no %s at %s since %s", config["target"], node, since)
    return Coverage(_instant(first), _instant(last))


def _instant(us: float) -> datetime:
    return EPOCH + timedelta(microseconds=int(us))


def _edge(
    parts: Iterable[Piece], of: Callable[[Piece], Mapping[str, Ints]], few: int, sign: int
) -> int:
    """The first of times with `few` or more within a day: one price, or a wrong one, is no date.

    With `sign` -1 times count backwards. Pieces that hold later ones alone are not read.
    """
    at, edge = NOTHING, np.inf
    bounds = {piece: piece.since if sign > 0 else -piece.until for piece in parts}
    for piece in sorted(bounds, key=bounds.__getitem__):
        if bounds[piece] > edge + DAY:
            break
        at = np.sort(np.concatenate([at, *(sign * times for times in of(piece).values())]))
        dense = np.flatnonzero(at[few - 1 :] - at[: max(len(at) - few + 1, 0)] < DAY)
        edge = at[dense[0]] if len(dense) else edge
    edge = edge if np.isfinite(edge) else at[0]
    if alone := int((at < edge).sum()):
        first = np.datetime64(sign * int(at[0]), "us")
        log.warning("%d prices stand alone, as %sZ: no date follows", alone, first)
    return int(edge)


def _times(piece: Piece, target: SeriesName, nodes: frozenset[str], now: int) -> dict[str, Ints]:
    """Publications at each place of the target in a piece, us; of places that are no node, none.

    Raises BadFileError where a node is spelt otherwise, or its price is of the future.
    """
    table = piece.read(NAMES)
    (series, names), (column, places) = (piece.text(table, name) for name in (SERIES, LOCATION))
    of_target = np.array([name == target for name in names], dtype=bool)[series]
    at, near = piece.utc(table, PUBLISHED), {same_place(node): node for node in nodes}
    there = [(k, places[k]) for k in np.flatnonzero(np.bincount(column[of_target]))]
    found = dict.fromkeys((place for _, place in there), NOTHING)
    for code, place in there:
        if node := near.get(same_place(place)):
            rows, why = of_target & (column == code), f"the config spells it {node!r}: use one name"
            piece.refuse(table, [LOCATION], rows & (place not in nodes), why)
            piece.refuse(table, [PUBLISHED], rows & (at > now), "published in the future")
            found[place] = np.append(found[place], at[rows])  # blanks may tell codes apart
    return found


def _absent(config: Config, missing: list[str], seen: set[str], paths: Sequence[Path]) -> str:
    """What a folder holds instead of the target at the `missing` nodes."""
    of = f"it holds {config['target']} at {_some(seen)}"
    if not seen:
        tables = ((piece, piece.read([SERIES])) for piece in pieces(paths, NAMES, {}))
        names = {name for piece, table in tables for name in piece.text(table, SERIES)[1]}
        of = f"it holds the series {_some(names)}"
    files, near = _some(path.name for path in paths), did_you_mean(missing, seen)
    return f"{config['data_dir']}: no {config['target']} at {missing}{near}; {of}, in files {files}"


def _some(names: Iterable[str], most: int = 20) -> str:
    """A list that fits a message."""
    listed = sorted(names)
    return f"{listed[:most]}" + (f" and {len(listed) - most} more" if listed[most:] else "")


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
