"""Files of a run, as the pages and figures take them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import MARKETS
from rtlmp.clock import issue_time
from rtlmp.config.jobs import DailyPageSettings, ReportSettings
from rtlmp.evaluation.pairs import read_pairs
from rtlmp.io.tables import read_table
from rtlmp.models.store import load_models
from rtlmp.report.daily import DailyReport, observed_prices
from rtlmp.report.figures.data import BacktestResults
from rtlmp.schemas.core import Forecast, Metrics, Scored
from rtlmp.schemas.evaluation import Decisions, MetricsBy, Reliability
from rtlmp.sources.freshness import age_limits, files_by_series, freshness, newest_known


def read_backtest(given: Any, config: ReportSettings) -> BacktestResults:  # noqa: ANN401  # Snakemake's own mapping
    """The backtest whose files are the named inputs `given`."""
    return BacktestResults(
        read_table(Scored, given.forecasts),
        list(read_pairs(given.forecasts)),
        read_table(Metrics, given.metrics),
        read_table(MetricsBy, given.by),
        read_table(Decisions, given.decisions),
        read_table(Reliability, given.reliability),
        [m for of in load_models(given.boosters, given.cards).values() for m in of.values()],
        MARKETS[config["market"]].tz,
        config["nodes"][0],
    )


def read_daily(given: Any, config: DailyPageSettings, issued: date) -> DailyReport:  # noqa: ANN401
    """What the daily page of `issued` is made of, from the named inputs `given`."""
    at = pd.Timestamp(issue_time(config, issued))
    known = newest_known(files_by_series(given.raw), at)
    return DailyReport(
        issued,
        read_table(Forecast, given.forecast),
        [read_table(Forecast, path) for path in given.earlier],
        observed_prices(read_archive(given.hourly), at, config["score_coverage"]),
        [json.loads(Path(path).read_text()) for path in given.cards],
        freshness(known, [*known], at, age_limits(config["market"], config["source"])),
        [until for _, until in known.values()],
    )
