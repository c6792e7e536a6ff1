"""One month of everything: what a live run keeps as its raw files."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.config import Config
from rtlmp.config.live import Live
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Tools, observe
from rtlmp.sources.base.vintages import distinct_vintages
from rtlmp.sources.base.web import client, pacer
from rtlmp.sources.registry import sources_of

log = logging.getLogger(__name__)


def fetch_month(
    config: Config, series: list[SeriesName], start: datetime, end: datetime
) -> dict[SeriesName, DataFrame[Observations]]:
    """What was published in [start, end), within one UTC month, by series."""
    tools = tools_of(config, series)
    sources = sources_of(config["market"], series, config["live"])
    with tools.client.http:
        parts = [observe(source, start, end, tools) for source in sources]
    rows = pd.concat([*parts, no_observations()], ignore_index=True)
    held = dict(iter(rows.groupby(Observations.series, sort=False)))
    return {
        q: distinct_vintages(held[q.value]) if q.value in held else no_observations()
        for q in series
    }


def tools_of(config: Config, series: list[SeriesName]) -> Tools:
    """Client, store and clock of a run; several processes share the hosts' rates."""
    live = config["live"]
    locations = frozenset([*config["nodes"], *live["locations"]])
    pace = pacer(Path(live["store"]), per_minute(live))
    made = client(live["timeout"], live["attempts"], pace)
    return Tools(made, live, locations, frozenset(series), datetime.now(UTC))


def per_minute(live: Live) -> dict[str, int]:
    """Calls a minute that each host may have."""
    return {name: host["calls_per_minute"] for name, host in live["hosts"].items()}
