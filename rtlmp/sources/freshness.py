"""How old what is known at issue time is, and what a forecast made with it says of that."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import BY_NAME, RETIRED, SeriesName
from rtlmp.io.tables import read_table
from rtlmp.schemas.core import UTC_DTYPE, Bounded, Flagged, Freshness, Observations

FilesBySeries = Mapping[SeriesName, list[Path]]  # raw files of each series


def files_by_series(paths: Iterable[str | Path]) -> dict[SeriesName, list[Path]]:
    """Raw files by the series they hold."""
    held: dict[SeriesName, list[Path]] = {}
    for path in map(Path, paths):
        held.setdefault(BY_NAME[path.parent.name], []).append(path)
    return held


def age_limits(market: str) -> dict[SeriesName, timedelta]:
    """Age at which each series of a live run is stale: that of its most frequent source."""
    from rtlmp.sources.registry import SOURCES  # other runs need not load it

    ages: dict[SeriesName, timedelta] = {}
    for source in SOURCES:
        for q in {*source.series} - RETIRED if source.market in ("", market) else ():
            ages[q] = min(source.fresh, ages.get(q, source.fresh))
    return ages


def freshness(
    held: FilesBySeries,
    series: Sequence[SeriesName],
    at: datetime,
    limits: Mapping[SeriesName, timedelta],
) -> DataFrame[Freshness]:
    """A row for each of `series`: its newest publication by `at`, and whether that is too old."""
    latest = [_latest(held.get(q, []), at) for q in series]
    newest = pd.Series(latest, dtype=UTC_DTYPE)
    age = (pd.Timestamp(at) - newest) / pd.Timedelta(hours=1)
    limit = pd.Series([limits[q] / timedelta(hours=1) if q in limits else np.nan for q in series])
    columns = {
        Freshness.series: [q.value for q in series],
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


def _latest(paths: Iterable[Path], at: datetime) -> pd.Timestamp:
    """Newest publication by `at` in the files, NaT where there is none."""
    for path in sorted(paths, reverse=True):  # months: the newest file first
        publish = read_table(Observations, path)[Observations.publish_time]
        if (publish <= at).any():
            return publish[publish <= at].max()
    return pd.Timestamp("NaT")
