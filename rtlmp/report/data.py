"""The data page: at a glance, whether the morning's run has what it needs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from markupsafe import Markup
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Archive
from rtlmp.catalog import BY_NAME, MARKETS, MINUTES, STORED, SeriesName
from rtlmp.config.jobs import DataPageSettings
from rtlmp.evaluation.tables import Covered, Lost
from rtlmp.io.tables import read_table
from rtlmp.report.page import NOTE, Page, Section, Table, html_table
from rtlmp.schemas.core import UTC_DTYPE, Freshness, Observations
from rtlmp.sources.freshness import FilesBySeries

GAP: Final = 0.8  # days with less than this share are listed
LISTED: Final = 12  # gaps a series
LOST: Final = 50  # postings listed
DAY: Final = pd.Timedelta(days=1)


def coverage_by_day(files: FilesBySeries, first: datetime, last: datetime) -> DataFrame[Covered]:
    """Share of intervals with a value, by series and UTC day of [first, last)."""
    parts = [_covered(q, paths, first, last) for q, paths in files.items()]
    return Covered.validate(pd.concat(parts, ignore_index=True))


def unknown_hours(prices: Archive, config: DataPageSettings) -> Table:
    """Share of the hours since the first price of any node that are unknown, by node and use."""
    of = prices[SeriesName.RT_COVERAGE]
    seen = pd.DataFrame(of.value, columns=of.locations).reindex(columns=config["nodes"]).fillna(0)
    limits = {"in training": config["label_coverage"], "in scores": config["score_coverage"]}
    shares = {use: (seen < limit).mean().map("{:.1%}".format) for use, limit in limits.items()}
    return html_table(pd.DataFrame(shares).rename_axis("node").reset_index(), "")


def data_page(
    config: DataPageSettings, at: datetime, fresh: DataFrame[Freshness], shares: DataFrame[Covered],
    unknown: Table, lost: DataFrame[Lost] | None = None, accepted: Sequence[str] = (),
    note: str = "",
) -> Page:  # fmt: skip
    """What the run of issue time `at` has; `note`: what its sources have no past of."""
    local = pd.Timestamp(at).tz_convert(MARKETS[config["market"]].tz)
    stale = fresh.loc[fresh[Freshness.stale], Freshness.series]
    gaps = Table("", [Covered.series, "days", "which"], list(_gaps(shares)))
    return Page(
        f"Data of {config['run']} at {local:%a %d %b %Y %H:%M %Z}",
        f"{config['market']}, source {config['source']}. Times are UTC.",
        [
            *([Section("Without a past", note)] if note else []),
            Section("Latest publication", tables=[_latest(fresh)]),
            Section("Coverage by month, % of intervals", tables=[_months(shares)]),
            Section("Hours whose price is unknown", "Too few intervals arrived.", tables=[unknown]),
            Section("Gaps", f"Days with less than {GAP:.0%}, newest first.", tables=[gaps]),
            *([] if lost is None else [_left_out(lost, accepted)]),
        ],
        [f"Old or missing: {', '.join(stale)}."] if len(stale) else [],
        "Nothing is older than its source allows.",
    )


def known_table(fresh: DataFrame[Freshness], until: Sequence[pd.Timestamp]) -> Table:
    """Newest publication and last interval known of each series, UTC."""
    there = fresh[Freshness.latest].notna()
    absent = sorted({*STORED} - {*fresh.loc[there, Freshness.series]})
    caption = f"Data known at issue time. Not in this source: {', '.join(absent) or 'none'}."
    times = {
        "newest publication, UTC": fresh[Freshness.latest],
        "speaks up to, UTC": pd.Series(until, fresh.index, dtype=UTC_DTYPE),
    }
    text = {name: time.dt.strftime("%Y-%m-%d %H:%M") for name, time in times.items()}
    return html_table(fresh[[Freshness.series]].assign(**text)[there], caption)


def _covered(q: SeriesName, paths: list[Path], first: datetime, last: datetime) -> pd.DataFrame:
    """Of each day: intervals with a value at a location, over those there are."""
    step = f"{MINUTES[q.step]}min"
    slots = pd.date_range(pd.Timestamp(first).ceil(step), last, freq=step, inclusive="left")
    want = slots.floor("D").value_counts(sort=False)
    columns = [Observations.location, Observations.valid_time]
    seen = pd.concat([read_table(Observations, path)[columns].drop_duplicates() for path in paths])
    seen[Observations.valid_time] = seen[Observations.valid_time].dt.floor(step)
    seen = seen[seen[Observations.valid_time].isin(slots)].drop_duplicates()
    found = seen[Observations.valid_time].dt.floor("D").value_counts().reindex(want.index)
    places = max(seen[Observations.location].nunique(), 1)
    share = (found.fillna(0) / (want * places)).to_numpy(float)
    named = {Covered.series: q.value, Covered.day: want.index, Covered.share: share}
    return pd.DataFrame(named).astype({Covered.day: UTC_DTYPE})


def _latest(fresh: DataFrame[Freshness]) -> Table:
    there = fresh[Freshness.latest].notna()
    states = np.where(there, np.where(fresh[Freshness.stale], "old", "ok"), "missing")
    mark = Markup('<span class="{}">{}</span>')
    shown = {
        Freshness.series: fresh[Freshness.series],
        Freshness.latest: fresh[Freshness.latest].dt.strftime("%Y-%m-%d %H:%M").fillna("never"),
        "age, h": fresh[Freshness.age],
        "allowed, h": fresh[Freshness.allowed],
        "state": [mark.format("good" if state == "ok" else "bad", state) for state in states],
        "what it is": [
            NOTE.format(getattr(BY_NAME.get(q), "about", "")) for q in fresh[Freshness.series]
        ],
    }
    return html_table(pd.DataFrame(shown), "", digits=1)


def _months(shares: DataFrame[Covered]) -> Table:
    """A row a series, a column a month, darker where more is missing."""
    month = shares[Covered.day].dt.strftime("%Y-%m")
    grid = shares.groupby([Covered.series, month], sort=False)[Covered.share].mean().unstack()
    return html_table(grid.map(_share).reset_index(), "")


def _share(share: float) -> str:
    red = "" if np.isnan(share) else f"background:hsl(0 80% {60 + 40 * share:.0f}%)"
    return Markup('<span style="{}">{:.0f}</span>').format(red, 100 * share)


def _left_out(lost: DataFrame[Lost], accepted: Sequence[str]) -> Section:
    """Postings that could not be had or read, the newest first."""
    newest = lost.sort_values(Lost.published, ascending=False).head(LOST).astype(str)
    newest[Lost.published] = newest[Lost.published].str[:19]
    about = (
        f"{len(lost)} postings of which something could not be had or read, the newest first; "
        "those not accepted are asked for again. "
        f"Accepted by live.gaps: {', '.join(accepted) or 'nothing'}."
    )
    return Section("Left out", about, tables=[html_table(newest, "")])


def _gaps(shares: DataFrame[Covered]) -> Iterator[list[str]]:
    """Runs of bad days of each series that has any value at all."""
    for series, of in shares.groupby(Covered.series, sort=False):
        bad = of.loc[of[Covered.share] < GAP, Covered.day]
        if len(bad) and of[Covered.share].any():
            run = (bad.diff() != DAY).cumsum()
            spans = [(days.iloc[0], days.iloc[-1]) for _, days in bad.groupby(run)][::-1]
            text = [f"{a:%Y-%m-%d}" + (f" to {b:%Y-%m-%d}" if a != b else "") for a, b in spans]
            more = f" and {len(text) - LISTED} more" if len(text) > LISTED else ""
            yield [str(series), str(len(bad)), NOTE.format(", ".join(text[:LISTED]) + more)]
