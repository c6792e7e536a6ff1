"""How old what is known at issue time is, and what a forecast made with it says of that."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Archive, known_at
from rtlmp.catalog import BY_NAME, RETIRED, UNSTATED, SeriesName
from rtlmp.io.tables import read_table
from rtlmp.schemas.core import UTC_DTYPE, Bounded, Flagged, Freshness, Observations

FilesBySeries = Mapping[SeriesName, list[Path]]  # raw files of each series
AgeLimits = Mapping[SeriesName, timedelta]
Newest = Mapping[SeriesName, tuple[pd.Timestamp, pd.Timestamp]]  # publication, interval it tells of
UNKNOWN: Final = (pd.Timestamp("NaT"), pd.Timestamp("NaT"))


def files_by_series(paths: Iterable[str | Path]) -> dict[SeriesName, list[Path]]:
    """Raw files by the series they hold."""
    files: dict[SeriesName, list[Path]] = {}
    for path in map(Path, paths):
        files.setdefault(BY_NAME[path.parent.name], []).append(path)
    return files


def age_limits(market: str, source: str) -> AgeLimits | None:
    """Age at which each series of a live run is stale: that of its most frequent source.

    None in other runs, whose source states no limit.
    """
    if source != "live":
        return None
    from rtlmp.sources.registry import SOURCES  # other runs need not load it

    ages: dict[SeriesName, timedelta] = {}
    for of in SOURCES:
        for q in {*of.series} - RETIRED if of.market in ("", market) else ():
            ages[q] = min(of.fresh, ages.get(q, of.fresh))
    return ages


def freshness(known: Newest, at: datetime, limits: AgeLimits | None) -> DataFrame[Freshness]:
    """A row a series: its newest publication by `at`, and whether that is too old.

    Without `limits`, UNSTATED is that of every series there is.
    """
    newest = pd.Series([published for published, _ in known.values()], dtype=UTC_DTYPE)
    age = (pd.Timestamp(at) - newest) / pd.Timedelta(hours=1)
    if limits is None:
        limits = {q: UNSTATED for q, there in zip(known, newest.notna(), strict=True) if there}
    limit = pd.Series([limits[q] / timedelta(hours=1) if q in limits else np.nan for q in known])
    columns = {
        Freshness.series: [q.value for q in known],
        Freshness.latest: newest,
        Freshness.age: age.astype(float),
        Freshness.allowed: limit.astype(float),
        Freshness.stale: limit.notna() & ~(age <= limit),
    }
    return Freshness.validate(pd.DataFrame(columns))


def flag_stale(rows: DataFrame[Bounded], paths: Sequence[str | Path]) -> DataFrame[Bounded]:
    """`rows` with what was stale at their issue time; without a freshness file, as they are."""
    if not paths:
        return rows
    fresh = pd.concat([read_table(Freshness, path) for path in paths])
    stale = fresh.loc[fresh[Freshness.stale], Freshness.series]
    return Bounded.validate(rows.assign(**{Flagged.stale: ", ".join(stale)}))


def flag_silent(rows: DataFrame[Bounded], prices: Archive) -> DataFrame[Bounded]:
    """`rows` of one issue time, with the nodes that had no price UNSTATED before it, if any."""
    of, at = prices[SeriesName.RT_MAX], rows[Bounded.issue_time].iloc[0]
    hours = range(of.start, of.start + len(of.value))
    known = pd.DataFrame(known_at(of, at, hours), hours, of.locations)
    silent = {}
    for node in rows[Bounded.location].unique():
        hour = known[node].last_valid_index() if node in known else None
        last = pd.Timestamp(hours.start if hour is None else hour, unit="h", tz="UTC")
        if hour is None or last < at - UNSTATED:
            before = "before " if hour is None else ""
            silent[node] = f"no price at {node} since {before}{last:%Y-%m-%d}"
    if not silent:
        return rows
    stale = rows[Bounded.location].map(silent).fillna("")
    stale = stale.str.cat(rows.get(Flagged.stale, stale.where(stale == "", "")), sep=", ")
    return Bounded.validate(rows.assign(**{Flagged.stale: stale.str.strip(", ")}))


def newest_known(files: FilesBySeries, at: datetime) -> Newest:
    """Newest publication by `at`, and the last interval known in its file; NaT where there is
    none."""
    return {q: _newest(paths, at) for q, paths in files.items()}


def _newest(paths: Iterable[Path], at: datetime) -> tuple[pd.Timestamp, pd.Timestamp]:
    for path in sorted(paths, reverse=True):  # months: the newest file first
        rows = read_table(Observations, path)
        known = rows[rows[Observations.publish_time] <= at]
        if len(known):
            return known[Observations.publish_time].max(), known[Observations.valid_time].max()
    return UNKNOWN
