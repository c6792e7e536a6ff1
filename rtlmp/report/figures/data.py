"""A finished backtest as figures take it, and the table behind each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS
from rtlmp.config.jobs import ReportSettings
from rtlmp.evaluation.pairs import Pairs, read_pairs
from rtlmp.evaluation.scenarios import latest_issued
from rtlmp.evaluation.scores import Sample, pooled_samples, rows_where
from rtlmp.evaluation.tables import Decisions, MetricsBy, Reliability
from rtlmp.io.tables import read_table
from rtlmp.models.store import Trained, load_models
from rtlmp.schemas.core import Metrics, Scored
from rtlmp.schemas.names import Forecaster

LOCAL, RATE, SHARE = "local_time", "observed", "share"


class BacktestResults(NamedTuple):
    """A finished backtest."""

    scored: DataFrame[Scored]
    pairs: Sequence[Pairs]
    metrics: DataFrame[Metrics]
    by: DataFrame[MetricsBy]
    decisions: DataFrame[Decisions]
    reliability: DataFrame[Reliability]
    models: Sequence[Trained]
    tz: str
    node: str  # shown where one node must do


def read_backtest(given: Any, config: ReportSettings) -> BacktestResults:  # noqa: ANN401  # Snakemake's own mapping
    """The backtest whose files are the named inputs `given`."""
    models = load_models(given.boosters, given.cards)
    return BacktestResults(
        read_table(Scored, given.forecasts),
        list(read_pairs(given.forecasts)),
        read_table(Metrics, given.metrics),
        read_table(MetricsBy, given.by),
        read_table(Decisions, given.decisions),
        read_table(Reliability, given.reliability),
        [m for of in models.values() for m in of.values() if m.members],
        MARKETS[config["market"]].tz,
        config["nodes"][0],
    )


def day_before(scored: DataFrame[Scored], tz: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Of each node, by local hour: the highest price, and the probabilities issued the day before,
    a column a threshold."""
    rows = rows_where(latest_issued(scored), {Scored.model: Forecaster.MODEL})
    for node, of in rows.groupby(Scored.location):
        wide = of.pivot(
            index=Scored.valid_time, columns=Scored.threshold, values=Scored.probability
        )
        hours = of.drop_duplicates(Scored.valid_time).set_index(Scored.valid_time)
        wide.insert(0, Scored.max_price, hours[Scored.max_price])
        yield str(node), wide.tz_convert(tz)


def timeline_table(scored: DataFrame[Scored], node: str, tz: str, days: int = 7) -> pd.DataFrame:
    """`day_before` of a node, `days` local days around the highest price."""
    wide = dict(day_before(scored, tz))[node]
    peak = pd.Timestamp(wide[Scored.max_price].idxmax())
    first = peak.normalize() - pd.Timedelta(days=days // 2)
    return wide[(wide.index >= first) & (wide.index < first + pd.Timedelta(days=days))]


def by_hour(scored: DataFrame[Scored], tz: str) -> pd.DataFrame:
    """Mean probability and observed frequency by threshold and local hour, lead day 1."""
    rows = rows_where(scored, {Scored.model: Forecaster.MODEL, Scored.lead_day: 1})
    rows = rows[rows[Scored.max_price].notna()]
    hour = rows[Scored.valid_time].dt.tz_convert(tz).dt.hour
    spike = rows[Scored.max_price] > rows[Scored.threshold]
    made = rows.assign(**{LOCAL: hour, RATE: spike.astype(float)})
    return made.groupby([Scored.threshold, LOCAL])[[Scored.probability, RATE]].mean().reset_index()


def duration_table(scored: DataFrame[Scored]) -> pd.DataFrame:
    """Share of hours whose highest price is above each price, by node."""
    columns = [Scored.location, Scored.max_price]
    hours = scored.drop_duplicates([Scored.location, Scored.valid_time])[columns].dropna()
    hours = hours.sort_values(columns, ascending=[True, False], ignore_index=True)
    of_node = hours.groupby(Scored.location)[Scored.max_price]
    return hours.assign(**{SHARE: (of_node.cumcount() + 1) / of_node.transform("size")})


def told_apart(pairs: Iterable[Pairs]) -> dict[float, dict[str, Sample]]:
    """By threshold with spikes and with calm hours, each model's sample, all nodes and leads."""
    return {of.threshold: samples for of in pairs if (samples := pooled_samples(of))}
