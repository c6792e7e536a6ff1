"""Files of a run, as the pages and figures take them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from rtlmp.archive import archive_of
from rtlmp.catalog import MARKETS
from rtlmp.clock import issue_time
from rtlmp.config import Config
from rtlmp.figures.book import Finished
from rtlmp.findings import Decisions, MetricsBy, Reliability
from rtlmp.models.store import load_each
from rtlmp.report.daily import Day, came, freshness
from rtlmp.tables import Forecast, Metrics, Observations, Scored, read, read_all


def finished(given: Any, config: Config) -> Finished:  # noqa: ANN401  # Snakemake's own mapping
    """The backtest whose files are the named inputs `given`."""
    return Finished(
        read(Scored, given.forecasts),
        read(Metrics, given.metrics),
        read(MetricsBy, given.by),
        read(Decisions, given.decisions),
        read(Reliability, given.reliability),
        [model for of in load_each(given.boosters, given.cards).values() for model in of.values()],
        MARKETS[config["market"]].tz,
        config["nodes"][0],
    )


def day(given: Any, config: Config, issued: date) -> Day:  # noqa: ANN401
    """What the daily page of `issued` is made of, from the named inputs `given`."""
    at = pd.Timestamp(issue_time(config, issued))
    return Day(
        issued,
        read(Forecast, given.forecast),
        [read(Forecast, path) for path in given.earlier],
        came(archive_of(given.hourly), at, config["label_coverage"]),
        [json.loads(Path(path).read_text()) for path in given.cards],
        freshness(read_all(Observations, given.raw), at),
    )
