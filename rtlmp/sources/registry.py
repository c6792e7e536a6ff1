"""Every source there is: a new one is a function and a row of its module's `SOURCES`."""

import logging
import os
from collections.abc import Sequence
from typing import Final

from rtlmp.catalog import BY_NAME, STORED, SeriesName
from rtlmp.config import Config
from rtlmp.config.live import Live
from rtlmp.sources import gas, weather
from rtlmp.sources.base.interface import Source
from rtlmp.sources.ercot import postings as ercot
from rtlmp.sources.isos import feeds as iso_feeds

SOURCES: Final[tuple[Source, ...]] = (
    *ercot.SOURCES,
    *iso_feeds.SOURCES,
    *weather.SOURCES,
    *gas.SOURCES,
)
MANY: Final = frozenset({SeriesName.LOAD_FORECAST_MODEL})  # millions of rows a month: only if named
log = logging.getLogger(__name__)


def sources_of(market: str, series: Sequence[SeriesName], live: Live) -> list[Source]:
    """The sources that give any of `series` in `market` and have what they need."""
    here = [s for s in SOURCES if s.market in ("", market) and s.when(live)]
    asked = [s for s in here if {*s.series} & {*series}]
    for source in asked:
        if missing := _missing(source):
            log.info("%s left out: no %s in the environment", source.name, ", ".join(missing))
    return [source for source in asked if not _missing(source)]


def series_of(config: Config) -> list[SeriesName]:
    """The series that a live run keeps, in the order of the catalogue.

    Raises ValueError where one is named that the market's sources do not give.
    """
    given = {q for s in SOURCES if s.market in ("", config["market"]) for q in s.series}
    named = {BY_NAME[name] for name in config["live"]["fetch"]}
    if lost := sorted(named - given):
        raise ValueError(
            f"live.fetch {lost}: the sources of {config['market']} give {sorted(given)}"
        )
    return [
        q for q in STORED if q in (named | {BY_NAME[config["target"]]} if named else given - MANY)
    ]


def _missing(source: Source) -> list[str]:
    return [name for name in source.needs if not os.environ.get(name)]
