"""What a notebook needs, by plain names: `rtlmp.read_forecast("synthetic")`. docs/api.md.

A run is its name, of a folder of results/ in the current directory, or a path to such a folder.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import yaml
from pandera.typing import DataFrame
from snakemake.iocontainers import Wildcards
from snakemake.utils import update_config

from rtlmp.asof.vintages import observation_table, read_archive
from rtlmp.catalog import BY_NAME, MARKETS, SeriesName
from rtlmp.clock import month_span, months
from rtlmp.config import Config, parse_config
from rtlmp.evaluation.baselines import scored_forecasts
from rtlmp.evaluation.pairs import pairs
from rtlmp.evaluation.scores import score_table
from rtlmp.forecast.forecast import pool_forecast
from rtlmp.forecast.gate import Decisions
from rtlmp.io.files import folder_name, load_json
from rtlmp.io.tables import read_table, read_tables
from rtlmp.models.curve import exceedance
from rtlmp.models.store import Trained, load_model
from rtlmp.pipeline.environment import HOME
from rtlmp.pipeline.plan import Plan
from rtlmp.pipeline.rules import SCRIPTS, code_hash
from rtlmp.pipeline.training import read_training
from rtlmp.schemas.core import Bounded, Features, Metrics, Observations, no_observations
from rtlmp.schemas.names import Forecaster
from rtlmp.sources.files.months import read_months
from rtlmp.sources.registry import fetch_month
from rtlmp.sources.synthetic.market import world

__all__ = ["exceedance", "fetch_observations", "read_features", "read_forecast"]
__all__ += ["probability_above", "score_forecasts", "settings", "train_model"]
RESULTS = Path("results")  # of the current directory
NEAR = timedelta(days=9)  # of its interval a value is published, whatever the source
Span: TypeAlias = tuple[datetime, datetime]  # UTC
Day: TypeAlias = date | str | None  # issue date; None: the newest


def settings(*files: str | Path, **changes: object) -> Config:
    """config.yaml, with `files` as --configfile and `changes` as --config. Raises ValueError."""
    raw: dict[str, object] = {}
    for file in (HOME / "config.yaml", *files):
        update_config(raw, yaml.safe_load(Path(file).read_text()))
    update_config(raw, changes)
    return parse_config(raw)


def read_forecast(run: str, day: Day = None) -> DataFrame[Bounded]:
    """As it was issued: 72 rows a node and threshold."""
    return read_table(Bounded, _forecast_of(run, day))


def probability_above(run: str, thresholds: list[float], day: Day = None) -> DataFrame[Bounded]:
    """The same forecast at any `thresholds` (USD/MWh) within the grid of its models."""
    path, parts = _forecast_of(run, day), []
    rows = read_table(Bounded, path)
    at, nodes = rows[Bounded.issue_time].iloc[0], rows[Bounded.location].unique()
    for pool, of in load_json(RESULTS / run / f"forecast/{path.stem}.gate.json", Decisions).items():
        models = [_model(RESULTS / run / "model" / pool / dated) for dated in of["serving"]]
        if not models:
            raise ValueError(f"{path}: no model served {pool}, climatology did")
        known = models[0].card["pool"]  # auxiliary nodes among them
        features = {node: read_features(run, node, at, at) for node in nodes if node in known}
        parts.append(pool_forecast(models, features, at, thresholds))
    return Bounded.validate(pd.concat(parts, ignore_index=True))


def read_features(run: str, node: str, start: datetime, end: datetime) -> DataFrame[Features]:
    """What was known at the issue times from `start` to `end`, UTC: 72 rows each."""
    near = months(start - timedelta(days=1), end + timedelta(days=1))  # files go by local dates
    paths = [RESULTS / run / "features" / folder_name(node) / f"{m}.parquet" for m in near]
    rows = read_tables(Features, [path for path in paths if path.exists()])
    return rows[rows[Features.issue_time].between(start, end)]


def train_model(config: Config, pool: str, day: date) -> Trained:
    """The model of a pool dated `day`, on the files that a run of this config left here."""
    names = Wildcards(fromdict={"pool": pool, "date": str(day)})
    given, code = Plan.of(config).training(names), code_hash(SCRIPTS / "train.py")
    return read_training(given, config, day, config["parameters"], code).fit()


def score_forecasts(config: Config, forecasts: DataFrame[Bounded]) -> DataFrame[Metrics]:
    """Every score of the hours whose price the run in this directory knows, and baselines'."""
    prices = read_archive(sorted((RESULTS / config["run"]).glob("hourly/*.parquet")))
    local = forecasts[Bounded.issue_time].dt.tz_convert(MARKETS[config["market"]].tz)
    issued = sorted({*local.dt.date})
    scored = scored_forecasts({Forecaster.MODEL: forecasts}, prices, config, issued, None)
    return score_table(pairs(scored), config["seed"])


def fetch_observations(
    config: Config, series: str, location: str, span: Span, as_of: datetime | None = None
) -> DataFrame[Observations]:
    """Whatever the source: of the intervals in `span`, whose end is left out.

    All vintages; with `as_of` the newest of each interval published by then.
    """
    (start, end), q = span, BY_NAME[series]
    first, last = start - NEAR, min(as_of or end + NEAR, datetime.now(UTC))
    of = pd.concat([no_observations(), *_published(config, q, first, last)])
    inside = of[Observations.valid_time].between(start, end, inclusive="left")
    inside &= of[Observations.location] == location
    inside &= of[Observations.publish_time] <= (as_of or last)
    of = of[inside].sort_values([Observations.valid_time, Observations.publish_time])
    newest = of.drop_duplicates(Observations.valid_time, keep="last") if as_of else of
    return Observations.validate(newest.reset_index(drop=True))


def _published(
    config: Config, series: SeriesName, first: datetime, last: datetime
) -> Iterator[pd.DataFrame]:
    if config["source"] == "synthetic":
        yield world(config).observations[series]  # type: ignore[arg-type]  # target is a literal
    for m in months(first, last) if config["source"] == "live" else ():
        yield fetch_month(config, [series], *month_span(m, first, last))[0][series]
    if config["source"] == "files":
        for q, _, rows in read_months(Plan.of(config).files, months(first, last)):
            if q == series:
                yield observation_table(q, *rows).to_pandas()


def _forecast_of(run: str, day: Day) -> Path:
    there = {p.stem: p for p in (RESULTS / run).glob("issued/[0-9]*.parquet")}
    if (asked := str(day or max(there, default=None))) not in there:
        raise ValueError(f"{RESULTS / run}: no forecast of {asked}; there are {sorted(there)}")
    return there[asked]


def _model(folder: Path) -> Trained:
    boosters = sorted(folder.glob("*.ubj"), key=lambda path: (len(path.name), path.name))
    return load_model(boosters, folder / "card.json")
