"""Every source there is: a module lists its own as `SOURCES`, and this one lists the modules.

`fetch_month` asks those that a live run needs.
"""

import logging
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import BY_NAME, READ, STORED, SeriesName
from rtlmp.config import Config
from rtlmp.config.kinds import Live
from rtlmp.evaluation.tables import Lost
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources import capacity, gas, weather
from rtlmp.sources.base.interface import RECENT, IncompleteError, Source, Tools, observe, of_source
from rtlmp.sources.base.pace import pacer
from rtlmp.sources.base.store import Loss
from rtlmp.sources.base.vintages import distinct_vintages, unsaid
from rtlmp.sources.base.web import FetchError, client
from rtlmp.sources.ercot import postings as ercot
from rtlmp.sources.ercot import workbooks
from rtlmp.sources.ercot.client import REGISTER, require_account
from rtlmp.sources.ercot.parse import ReportError
from rtlmp.sources.ercot.reports import REPORTS
from rtlmp.sources.isos import feeds as isos
from rtlmp.sources.legs import sourced

SOURCES: Final[tuple[Source, ...]] = (
    *ercot.SOURCES, *workbooks.SOURCES, *isos.SOURCES, *weather.SOURCES, *gas.SOURCES,
    *capacity.SOURCES,
)  # fmt: skip
# only if named: millions of rows a month; most months without any
NAMED: Final = frozenset(
    {SeriesName.LOAD_FORECAST_MODEL, SeriesName.CAPACITY_PRICE, SeriesName.SHADOW_PRICE}
)
log = logging.getLogger(__name__)


def fetch_month(
    config: Config, series: list[SeriesName], start: datetime, end: datetime
) -> tuple[dict[SeriesName, DataFrame[Observations]], DataFrame[Lost]]:
    """What was published in [start, end), within one UTC month, by series, and what is left out.

    Several processes share the hosts' rates.
    """
    tools = tools_of(config, series)
    sources = sources_of(config["market"], series, tools.live)
    with tools.client.http:
        rows: pd.DataFrame = no_observations()
        for source in sources:
            of = observe_or_say(source, start, end, tools)
            rows = pd.concat([rows, unsaid(of, rows) if source.record else of], ignore_index=True)
    by_series = dict(iter(rows.groupby(Observations.series, sort=False)))
    made = {q: distinct_vintages(by_series.get(q, no_observations())) for q in series}
    lost = pd.DataFrame(tools.lost, columns=[*Loss._fields])
    return made, Lost.validate(lost[[*Lost.to_schema().columns]])


def tools_of(config: Config, series: Iterable[SeriesName]) -> Tools:
    """As a live run has them now."""
    live, locations = config["live"], {*sourced(config["nodes"]), *config["live"]["locations"]}
    per_minute = {str(name): host["calls_per_minute"] for name, host in live["hosts"].items()}
    asking = client(live, pacer(Path(live["store"]), per_minute))
    return Tools(asking, live, frozenset(locations), frozenset(series), datetime.now(UTC), [])


def observe_or_say(source: Source, start: datetime, end: datetime, tools: Tools) -> pd.DataFrame:
    """As `observe`; where `source` fails and [start, end) is recent, what is stored of it."""
    said = len(tools.lost)
    try:
        return observe(source, start, end, tools)
    except (FetchError, IncompleteError, ReportError) as error:
        if end < tools.now - RECENT:
            raise
        tools.lost[said:] = [of_source(source, end, str(error))]
    return observe(source, start, end, tools._replace(offline=True))


def require_keys(config: Config, spans: Iterable[tuple[datetime, datetime]]) -> None:
    """Raises CredentialsError where a span, each within a UTC month, needs an account and the
    environment has none."""
    if not config["live"]["archive"]:
        return
    names = {s.name for s in sources_of(config["market"], series_of(config), config["live"])}
    older = [
        f"{report.emil} older than {report.days_kept} days"
        for report, span in product(REPORTS, spans)
        if report.emil in names
        and ercot.needs_archive(report, *span, config["live"]["store"], datetime.now(UTC))
    ]
    if older:
        require_account(", ".join(dict.fromkeys(older)))


def sources_of(market: str, series: Sequence[SeriesName], live: Live) -> list[Source]:
    """The sources that give any of `series` in `market` and have what they need."""
    found = []
    for source in (s for s in _of_market(market, live) if {*s.series} & {*series}):
        if missing := [name for name in source.needs if not os.environ.get(name)]:
            log.info("%s left out: no %s in the environment", source.name, ", ".join(missing))
        else:
            found.append(source)
    return found


def series_of(config: Config) -> list[SeriesName]:
    """The series that a live run stores, in the order of the catalogue.

    Raises ValueError where one is named that the market's sources do not give.
    """
    given = {q for s in _of_market(config["market"], config["live"]) for q in s.series}
    named = {BY_NAME[name] for name in config["live"]["fetch"]}
    if lost := sorted(named - given):
        raise ValueError(
            f"live.fetch {lost}: the sources of {config['market']} give {sorted(given)}"
        )
    wanted = named | {BY_NAME[config["target"]]} if named else given - NAMED
    return [q for q in STORED if q in wanted]


def not_without_account(config: Config) -> str:
    """What a run without an ERCOT account has no past of, and how to have it; else nothing."""
    if config["live"]["archive"]:
        return ""
    sources = _of_market(config["market"], config["live"])
    kept = {q: {s.days_kept for s in sources if q in s.series} for q in (*READ, *series_of(config))}
    recent = {q: max(days) for q, days in kept.items() if days and 0 not in days}
    named = ", ".join(f"{q} ({days} days)" for q, days in recent.items())
    return (
        f"No past without an account, only what the public site still has and what each run adds "
        f"to {config['live']['store']}: {named}. {REGISTER}"
    )


def _of_market(market: str, live: Live) -> list[Source]:
    return [s for s in SOURCES if s.market in ("", market) and s.when(live)]
