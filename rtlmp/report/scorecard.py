"""How good forecasts were lately, as they were issued."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.vintages import Archive
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.config.jobs import BacktestSettings
from rtlmp.evaluation.baselines import scored_forecasts
from rtlmp.evaluation.diagnostics import by_probability
from rtlmp.evaluation.drift import cusum
from rtlmp.evaluation.losses import log_loss
from rtlmp.evaluation.pairs import Pairs, pairs
from rtlmp.evaluation.scores import ALL, rows_where
from rtlmp.io.tables import read_table
from rtlmp.models.store import Card
from rtlmp.report.figures.style import above
from rtlmp.report.page import Section, Table, html_table
from rtlmp.report.record import Record, as_issued
from rtlmp.schemas.core import Bounded, Metrics, Scored
from rtlmp.schemas.names import Forecaster, Metric

LOSS: Final = "log loss"
DAYS: Final = 30  # issue dates scored


def recent_pairs(
    issued: Sequence[DataFrame[Bounded]], prices: Archive, config: BacktestSettings, until: datetime
) -> list[Pairs]:
    """Of the first 24 hours of each forecast of `issued`, those that began before `until`."""
    rows = pd.concat([*issued, Bounded.empty()])
    rows = rows[rows[Bounded.threshold].isin(config["thresholds"])]
    if rows.empty or not prices:
        return []
    rows = Bounded.validate(rows[rows[Bounded.location].isin(prices[SeriesName.RT_MAX].locations)])
    days = rows[Bounded.issue_time].dt.tz_convert(MARKETS[config["market"]].tz).dt.date.unique()
    made = scored_forecasts({Forecaster.MODEL: rows}, prices, config, days, None)
    return [*pairs(made[(made[Scored.lead_day] == 1) & (made[Scored.valid_time] < until)])]


def skill_of(of: Pairs) -> float:
    """1 - log loss / that of climatology."""
    loss = dict(zip(of.models, log_loss(of.spiked, of.p).mean(axis=1), strict=True))
    return round(float(1 - loss[Forecaster.MODEL] / loss[Forecaster.CLIMATOLOGY]), 4)


def skill_without(metrics: Path, denied: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """By series, in words, the skill of the model that lacked it and the fewest others in the
    backtest of `metrics`, a file that may be absent."""
    if not metrics.exists():
        return {}
    pooled = {Metrics.location: ALL, Metrics.lead_day: 0, Metrics.metric: Metric.LOG_LOSS_SKILL}
    rows = rows_where(read_table(Metrics, metrics), pooled)
    skill, told = rows.pivot(index=Metrics.threshold, columns=Metrics.model), dict[str, str]()
    for name in sorted(denied, key=lambda of: -len(denied[of])):
        if (own := (Metrics.value, name)) in skill:
            each = skill[[own, (Metrics.value, Forecaster.MODEL)]].itertuples(name=None)
            words = ", ".join(f"{v:.2f} instead of {full:.2f} {above(x)}" for x, v, full in each)
            told |= dict.fromkeys(denied[name], f"; skill as of `{name}`: {words}")
    return told


class Lately(NamedTuple):
    """Of the last DAYS issue dates."""

    issued: int  # forecasts that the record holds
    scored: list[Pairs]


def lately_issued(
    record: Record, prices: Archive, config: BacktestSettings, at: datetime
) -> Lately:
    """Before `at`, scored by the prices of then."""
    issued = as_issued(record, at - timedelta(days=DAYS), at)
    return Lately(len(issued), recent_pairs(issued, prices, config, at))


def drift_now(cards: Sequence[Card], scored: Sequence[Pairs]) -> dict[str, float]:
    """By its name in the config: psi of the newest model; CUSUM of losses as issued."""
    psi = [float(np.median(of["drift"]["index"])) for of in cards if "drift" in of]
    rows = zip(*((of.issued, of.spiked, of.of(Forecaster.MODEL)) for of in scored), strict=True)
    loss = cusum(*map(np.concatenate, rows)) if scored else 0.0
    return {"psi": round(max(psi, default=0.0), 4), "cusum": round(loss, 4)}


def models_table(cards: Sequence[Card], drift: Mapping[str, float]) -> Table:
    """A row a model; its caption says how far things have drifted."""
    keys = ["pool", "date", "base", "trained_from", "trained_until", "rows", "failed"]
    made = pd.DataFrame(cards).reindex(columns=keys)  # of a failed one not all is there
    made["pool"] = made["pool"].map(" ".join)
    about = "Models: dated, what they update (base), what they were trained on. Drift: "
    return html_table(made, about + ", ".join(f"{name} {of:.2f}" for name, of in drift.items()))


def record_section(record: Record, of: Lately, tz: str) -> Section:
    """Skill, the worst misses, and what came of each class of probability."""
    issued, scored = of
    skill = {above(of.threshold): [skill_of(of)] for of in scored}
    misses = pd.concat([pd.DataFrame({LOSS: []}), *(_misses(of, tz) for of in scored)])
    classes = [{"price": above(of.threshold), **row} for of in scored for row in by_probability(of)]
    made = [
        (pd.DataFrame(skill), "Skill: 1 less log loss over that of climatology."),
        (misses.nlargest(3, LOSS), "The three worst misses."),
        (pd.DataFrame(classes), "Reliability: what came of each class of probability."),
    ]
    about = (
        f"Forecasts as issued: {len(record.entries)}; SHA-256 of the last: {record.last}. Scored "
        f"are the first 24 hours of {issued} of the last {DAYS} issue dates."
    )
    return Section("The record", about, tables=[html_table(*of) for of in made if len(of[0])])


def _misses(of: Pairs, tz: str) -> pd.DataFrame:
    hours, p = pd.DatetimeIndex(of.valid, tz="UTC").tz_convert(tz), of.of(Forecaster.MODEL)
    said = {"hour": hours.strftime("%a %d %b %H:%M"), "price": above(of.threshold), "forecast": p}
    came = {"came, $/MWh": of.highest, LOSS: log_loss(of.spiked, p)}
    return pd.DataFrame({"node": np.array(of.places)[of.place], **said, **came})
