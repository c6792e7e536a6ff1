"""The store against the sites: each report is listed anew, whatever its index.json says."""

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import TypeAlias

from rtlmp.clock import month_span, months
from rtlmp.config import Config
from rtlmp.sources.base import store as held
from rtlmp.sources.base.interface import Tools
from rtlmp.sources.ercot.downloads import on_site_since
from rtlmp.sources.ercot.postings import list_anew
from rtlmp.sources.ercot.reports import REPORTS, Report
from rtlmp.sources.registry import series_of, sources_of, tools_of

Losses: TypeAlias = Iterator[held.Loss]


def audit(config: Config, start: datetime, end: datetime) -> Losses:
    """What differs of [start, end), as far as it was ever listed; what is not `accepted` the next
    run asks for. Raises FetchError where a report cannot be listed."""
    tools = tools_of(config, series := series_of(config))
    names = {source.name for source in sources_of(config["market"], series, tools.live)}
    with tools.client.http:
        for report, name in product((r for r in REPORTS if r.emil in names), months(start, end)):
            yield from _month(report, name, *month_span(name, start, end), tools)


def _month(of: Report, name: str, start: datetime, end: datetime, tools: Tools) -> Losses:
    folder = Path(tools.live["store"]) / of.emil / name
    old = held.read_listing(folder)
    site = start if tools.live["archive"] else on_site_since(of, tools.now)
    if old is None or (start := max(start, old.since, site)) >= (end := min(end, old.until)):
        return
    both = list_anew(of, None, start, end, tools).postings, old.postings
    theirs, ours = ({p.id: p for p in part if start <= p.published < end} for part in both)
    for p in (theirs | ours).values():
        path, why = held.posting_path(folder, p), "" if p.id in theirs else "no longer listed"
        try:
            held.unsealed(of.emil, p.id, path.read_bytes())
        except FileNotFoundError:
            why = why or ("" if held.lost_path(folder, p).exists() else "never fetched")
        except ValueError as error:
            why = f"{error}"
            path.rename(path.with_suffix(".broken"))
        if why:
            yield held.Loss(of.emil, p.id, p.published, why, p.id not in theirs, True)
    every = {p.id: p for p in (*theirs.values(), *old.postings)}.values()
    postings = tuple(sorted(every, key=lambda p: (p.published, p.id)))
    held.save_listing(folder, old._replace(postings=postings))
