"""The store against the sites: each report is listed anew, whatever its index.json says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, product
from pathlib import Path

from rtlmp.clock import month_span, months
from rtlmp.config import Config
from rtlmp.sources.base.interface import CALLED, Tools
from rtlmp.sources.base.store import (
    Loss,
    lost_path,
    posting_path,
    read_call,
    read_listing,
    save_listing,
    unsealed,
)
from rtlmp.sources.ercot.downloads import on_site_since
from rtlmp.sources.ercot.postings import list_anew
from rtlmp.sources.ercot.reports import REPORTS, Report
from rtlmp.sources.registry import series_of, sources_of, tools_of


def audit(config: Config, start: datetime, end: datetime) -> Iterator[Loss]:
    """What differs of [start, end), as far as it was ever listed; what is not `accepted` the next
    run asks for. Raises FetchError where a report cannot be listed."""
    tools = tools_of(config, series := series_of(config))
    names = {source.name for source in sources_of(config["market"], series, tools.live)}
    with tools.client.http:
        for report, name in product(REPORTS, months(start, end)):
            if report.emil in names:
                yield from _month(report, name, *month_span(name, start, end), tools)
    stored = (Path(tools.live["store"], name).glob("*/*/[0-9]*Z.parquet") for name in sorted(names))
    for path in chain(*stored):
        at = datetime.strptime(path.stem, CALLED).replace(tzinfo=UTC)
        if at >= start and read_call(path) is None:
            why = f"{path}: damaged, or another's"
            yield Loss(path.parts[-4], path.stem, at, why, accepted=False, whole=True)


def _month(r: Report, name: str, start: datetime, end: datetime, tools: Tools) -> Iterator[Loss]:
    folder = Path(tools.live["store"]) / r.emil / name
    old = read_listing(folder)
    site = start if tools.live["archive"] else on_site_since(r, tools.now)
    if old is None or (start := max(start, old.since, site)) >= (end := min(end, old.until)):
        return
    listed = list_anew(r, None, start, end, tools).postings
    both = ([p for p in of if start <= p.published < end] for of in (listed, old.postings))
    theirs, ours = ({p.id: p for p in of} for of in both)
    for p in (theirs | ours).values():
        path, why = posting_path(folder, p), "" if p.id in theirs else "no longer listed"
        try:
            unsealed(r.emil, p.id, path.read_bytes())
        except FileNotFoundError:
            why = why or ("" if lost_path(folder, p).exists() else "never fetched")
        except ValueError as error:
            why = f"{error}"
            path.rename(path.with_suffix(".broken"))
        if why:
            yield Loss(r.emil, p.id, p.published, why, accepted=p.id not in theirs, whole=True)
    new = [p for p in theirs.values() if p.id not in ours]
    postings = sorted([*old.postings, *new], key=lambda p: (p.published, p.id))
    save_listing(folder, old._replace(postings=tuple(postings)))
