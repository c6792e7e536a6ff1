"""How old what is known at issue time is, and what a forecast made with it says of that; and
whether a live one was there in time, also where it is made again later."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Archive, known_at
from rtlmp.catalog import BY_NAME, RETIRED, UNSTATED, SeriesName
from rtlmp.evaluation.tables import Lost
from rtlmp.io.files import load_json, sha256, write_json
from rtlmp.io.tables import read_table, read_tables
from rtlmp.schemas.core import UTC_DTYPE, Bounded, Flagged, Freshness, Observations

FilesBySeries = Mapping[SeriesName, list[Path]]  # raw files of each series
AgeLimits = Mapping[str, timedelta]
Newest = Mapping[str, tuple[pd.Timestamp, pd.Timestamp]]  # publication, interval it tells of
SOON: Final = timedelta(hours=1)
LATELY: Final = timedelta(days=3)  # what was lost in them is missed today
UNKNOWN: Final = (pd.Timestamp("NaT"), pd.Timestamp("NaT"))


def files_by_series(paths: Iterable[str | Path]) -> dict[SeriesName, list[Path]]:
    """Raw files by the series they hold."""
    files: dict[SeriesName, list[Path]] = {}
    for path in map(Path, paths):
        files.setdefault(BY_NAME[path.parent.name], []).append(path)
    return files


def age_limits(market: str, source: str) -> AgeLimits | None:
    """Age at which each series, or report that shares one, is stale: a series by its most frequent.

    None in other runs, whose source states no limit.
    """
    if source != "live":
        return None
    from rtlmp.sources.registry import SOURCES  # other runs need not load it

    ages: dict[str, timedelta] = {}
    reports = {*sharing_reports()}
    for of in SOURCES:
        own = {of.name} & reports
        for q in ({*of.series} - RETIRED) | own if of.market in ("", market) else ():
            ages[q] = min(of.fresh, ages.get(q, of.fresh))
    return ages


def sharing_reports() -> dict[str, set[tuple[SeriesName, str]]]:
    """Series and places of each ERCOT report of whose series another report gives other places."""
    from rtlmp.sources.ercot.reports import REPORTS

    given = {r.emil: {of for cut in r.cuts for of in cut.columns.values()} for r in REPORTS}
    count = Counter(q for of in given.values() for q in {q for q, _ in of})
    return {name: of for name, of in given.items() if any(count[q] > 1 for q, _ in of)}


def lately(
    raw: Iterable[str | Path], lost: Sequence[str | Path], at: datetime,
    config: Mapping[str, object],
) -> tuple[DataFrame[Freshness], list[pd.Timestamp], DataFrame[Lost]]:  # fmt: skip
    """Of raw files, and those of what was lost: freshness at issue time `at`, the last interval
    known of each row, and what was lost of late and not accepted."""
    limits = age_limits(*(str(config[key]) for key in ("market", "source")))
    losses = read_tables(Lost, lost) if lost else Lost.empty()
    near = losses[Lost.published].between(at - LATELY, at + SOON)  # a later run's are its own
    losses = losses[near & ~losses[Lost.accepted].astype(bool)]
    failed = dict.fromkeys(losses.loc[losses[Lost.posting] == "", Lost.report], UNKNOWN)
    known = {**failed, **newest_known(files_by_series(raw), at, limits)}
    fresh = freshness(known, at, limits)
    fresh[Freshness.stale] |= fresh[Freshness.series].isin([*failed])
    return fresh, [until for _, until in known.values()], losses


def old(fresh: DataFrame[Freshness]) -> list[str]:
    """A sentence a series, or report, that is older than it may be."""
    over = fresh[fresh[Freshness.stale] & fresh[Freshness.allowed].notna()]
    columns = (over[Freshness.series], over[Freshness.age], over[Freshness.allowed])
    return [
        f"{name}: nothing published" + ("" if pd.isna(age) else f" for {age:.0f} hours")
        + f" before issue time, allowed are {allowed:.3g}"
        for name, age, allowed in zip(*columns, strict=True)
    ]  # fmt: skip


def left_out(lost: DataFrame[Lost]) -> list[str]:
    """A sentence a report: that its source failed, else the first of its postings."""
    first = lost.sort_values([Lost.report, Lost.posting]).drop_duplicates(Lost.report)
    columns = (first[Lost.report], first[Lost.posting], first[Lost.why])
    named = zip(*columns, strict=True)
    return [f"left out of {of} {posting}".strip() + f": {why}" for of, posting, why in named]


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
        Freshness.series: [str(q) for q in known],
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


def flag_late(
    rows: DataFrame[Bounded], due: datetime, ledger: Path, now: datetime | None = None
) -> DataFrame[Bounded]:
    """`rows` with whether these very ones were first there after `due`.

    `ledger` remembers when: features of an open month are made anew every morning, and yesterday's
    forecast with them, to the same rows. It is no output of a rule: Snakemake deletes those.
    """
    key = sha256([pd.util.hash_pandas_object(rows, index=False).to_numpy()])
    first = load_json(ledger, dict[str, str]) if ledger.exists() else {}
    first.setdefault(key, (now or datetime.now(UTC)).isoformat(timespec="seconds"))
    write_json(first, ledger)
    late = datetime.fromisoformat(first[key]) > due
    return Bounded.validate(rows.assign(**{Flagged.late: late}))


def newest_known(files: FilesBySeries, at: datetime, limits: AgeLimits | None = None) -> Newest:
    """Newest publication by `at`, and the last interval known in its file; NaT where there is
    none. Of `limits`, those of reports that share a series have theirs, by its places."""
    found = {str(q): _newest(paths, at) for q, paths in files.items()}
    for name, pairs in sharing_reports().items() if limits else ():
        for q in sorted({q for q, _ in pairs} & {*files})[:1]:
            found[name] = _newest(files[q], at, {place for of, place in pairs if of == q})
    return found


def _newest(
    paths: Iterable[Path], at: datetime, places: set[str] | None = None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    for path in sorted(paths, reverse=True):  # months: the newest file first
        rows = read_table(Observations, path)
        rows = rows[rows[Observations.location].isin(places)] if places else rows
        known = rows[rows[Observations.publish_time] <= at]
        if len(known):
            return known[Observations.publish_time].max(), known[Observations.valid_time].max()
    return UNKNOWN
