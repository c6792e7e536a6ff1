"""The data report: at a glance, whether the morning's run has what it needs. One HTML file."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final, TypedDict

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import BY_NAME, MARKETS, MINUTES, SeriesName
from rtlmp.io.tables import read_table
from rtlmp.schemas.core import UTC_DTYPE, Covered, Freshness, Observations
from rtlmp.sources.freshness import FilesBySeries

GAP: Final = 0.8  # days with less than this share are listed
LISTED: Final = 12  # gaps a series
DAY: Final = pd.Timedelta(days=1)
STYLE: Final = """
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.5rem 0 2rem}th,td{padding:.2rem .6rem;text-align:right}
th:first-child,td:first-child,td.text{text-align:left}thead th{border-bottom:1px solid #999}
.bad{color:#b00020;font-weight:600}.good{color:#1b6e3c}.wide{overflow-x:auto}small{color:#666}
"""


class About(TypedDict):
    run: str
    market: str
    source: str


def coverage_by_day(held: FilesBySeries, first: datetime, last: datetime) -> DataFrame[Covered]:
    """Share of intervals with a value, by series and UTC day of [first, last)."""
    parts = [_covered(q, paths, first, last) for q, paths in held.items()]
    return Covered.validate(pd.concat(parts, ignore_index=True))


def data_page(
    about: About, at: datetime, fresh: DataFrame[Freshness], shares: DataFrame[Covered]
) -> str:
    """The report as HTML that needs nothing else."""
    local = pd.Timestamp(at).tz_convert(MARKETS[about["market"]].tz)
    stale = fresh.loc[fresh[Freshness.stale], Freshness.series]
    verdict = (
        f'<p class="bad">Old or missing: {escape(", ".join(stale))}.</p>'
        if len(stale)
        else '<p class="good">Nothing is older than its source allows.</p>'
    )
    title = f"Data of {escape(about['run'])} at {local:%a %d %b %Y %H:%M %Z}"
    body = [
        f"<h1>{title}</h1>{verdict}",
        f"<p>{escape(about['market'])}, source {escape(about['source'])}. Times are UTC.</p>",
        "<h2>Latest publication</h2>",
        _table([Freshness.series, Freshness.latest, "age, h", "allowed, h", "", ""], _fresh(fresh)),
        "<h2>Coverage by month, % of intervals</h2>",
        f'<div class="wide">{_months(shares)}</div>',
        f"<h2>Gaps</h2><p>Days with less than {GAP:.0%}, newest first.</p>",
        _table([Covered.series, "days", ""], _gaps(shares)),
    ]
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(body)}</body></html>\n"


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


def _fresh(fresh: DataFrame[Freshness]) -> Iterator[list[str]]:
    for row in fresh.to_dict("records"):
        latest, state = row[Freshness.latest], "ok"
        if pd.isna(latest) or row[Freshness.stale]:
            state = "missing" if pd.isna(latest) else "old"
        yield [
            escape(row[Freshness.series]),
            "never" if pd.isna(latest) else f"{latest:%Y-%m-%d %H:%M}",
            *(_number(row[name]) for name in (Freshness.age, Freshness.allowed)),
            f'<span class="{"good" if state == "ok" else "bad"}">{state}</span>',
            f"<small>{escape(BY_NAME[row[Freshness.series]].about)}</small>",
        ]


def _months(shares: DataFrame[Covered]) -> str:
    """A row a series, a column a month, darker where more is missing."""
    month = shares[Covered.day].dt.strftime("%Y-%m")
    grid = shares.groupby([Covered.series, month], sort=False)[Covered.share].mean().unstack()
    heads = [str(name) for name in grid.columns]
    rows = [
        [escape(str(name)), *map(_cell, row)]
        for name, row in zip(grid.index, grid.to_numpy(), strict=True)
    ]
    return _table([Covered.series, *heads], rows)


def _gaps(shares: DataFrame[Covered]) -> Iterator[list[str]]:
    """Runs of bad days of each series that has any value at all."""
    for series, of in shares.groupby(Covered.series, sort=False):
        bad = of.loc[of[Covered.share] < GAP, Covered.day]
        if len(bad) and of[Covered.share].any():
            run = (bad.diff() != DAY).cumsum()
            spans = [(days.iloc[0], days.iloc[-1]) for _, days in bad.groupby(run)][::-1]
            text = [f"{a:%Y-%m-%d}" + (f" to {b:%Y-%m-%d}" if a != b else "") for a, b in spans]
            more = f" and {len(text) - LISTED} more" if len(text) > LISTED else ""
            yield [escape(str(series)), str(len(bad)), ", ".join(text[:LISTED]) + more]


def _cell(share: float) -> str:
    red = "" if np.isnan(share) else f"background:hsl(0 80% {60 + 40 * share:.0f}%)"
    return f'<span style="{red}">{100 * share:.0f}</span>'


def _table(heads: list[str], rows: Iterator[list[str]] | list[list[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:,.1f}"
