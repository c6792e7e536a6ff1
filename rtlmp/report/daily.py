"""The daily page: the next 72 hours, yesterday against what was observed, and what it rests on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR, known_frame
from rtlmp.asof.vintages import Archive, read_archive
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import deadline, issue_time
from rtlmp.config.jobs import DailyPageSettings
from rtlmp.evaluation.baselines import climatology_forecast, price_hours
from rtlmp.evaluation.tables import Lost
from rtlmp.io.tables import read_table
from rtlmp.models.store import Card, read_card
from rtlmp.report.data import known_table
from rtlmp.report.explain import Issue
from rtlmp.report.glance import glance, with_grid
from rtlmp.report.page import Page, Section, Table, chart, group, prices, probabilities
from rtlmp.report.reach import cut_short, known_ahead, lacking
from rtlmp.report.record import Record
from rtlmp.report.scorecard import Lately, drift_now, lately_issued, models_table, record_section
from rtlmp.schemas.core import Bounded, Flagged, Forecast, Freshness
from rtlmp.schemas.names import Forecaster
from rtlmp.sources.freshness import lately, left_out, old

BOUNDS: Final = {"lower bound": Bounded.lower, "upper bound": Bounded.upper}


class DailyReport(NamedTuple):
    """What a daily page is made of."""

    issued: date
    forecast: DataFrame[Forecast]
    earlier: Sequence[DataFrame[Forecast]]  # tables of the two issue dates before, any order
    observed: pd.DataFrame  # (hours, nodes) highest price known at issue time, UTC
    cards: Sequence[Card]
    freshness: DataFrame[Freshness]
    until: Sequence[pd.Timestamp]  # last interval known of each series of `freshness`
    prices: Archive | None = None
    record: Record = Record({}, "", "")
    lately: Lately = Lately(0, [])
    drift: Mapping[str, float] = {}  # as `drift_now`
    why: Mapping[str, Issue] = {}  # by node, what its forecast was made of
    without: Mapping[str, str] = {}  # as `skill_without`
    lost: DataFrame[Lost] = Lost.empty()  # lately, and not accepted


def read_daily(given: Any, config: DailyPageSettings, issued: date, record: Record) -> DailyReport:  # noqa: ANN401
    """What the daily page of `issued` is made of, from the named inputs `given`."""
    at = pd.Timestamp(issue_time(config, issued))
    fresh, until, lost = lately(given.raw, getattr(given, "lost", ()), at, config)
    archive, cards = read_archive(given.hourly), [*map(read_card, given.cards)]
    recent = lately_issued(record, archive, config, at)
    forecast, *earlier = (read_table(Forecast, path) for path in (given.forecast, *given.earlier))
    observed = observed_prices(archive, at, config["score_coverage"])
    return DailyReport(
        issued, forecast, earlier, observed, cards, fresh, until, archive, record, recent,
        drift_now(cards, recent.scored), lost=lost,
    )  # fmt: skip


def daily_page(of: DailyReport, config: DailyPageSettings) -> Page:
    """The page of one issue date."""
    tz = MARKETS[config["market"]].tz
    at = pd.Timestamp(issue_time(config, of.issued)).tz_convert(tz)
    about = (
        f"Issued {at:%A %d %B %Y %H:%M %Z}, run {config['run']}. P(at least one real-time price of "
        f"the hour is above the threshold); times are {tz}."
    )
    rows = with_grid(of.forecast, of.why, config["pools"])
    asked: DailyPageSettings = {**config, "thresholds": sorted({*rows[Forecast.threshold]})}
    usual = {}
    if of.prices and len(price_hours(of.prices)):
        made = climatology_forecast(of.prices, asked, of.issued, config["nodes"])
        usual[Forecaster.CLIMATOLOGY.value] = made
    sections = [
        Section("Hours to hold for real time", tables=[_glance(of, usual, tz)]),
        Section("The next 72 hours", "Hover or arrow keys for numbers, click to hold them. "
                "Any threshold that models are fitted at: of one, bounds and climatology too.",
                charts=[chart(_ahead(rows, usual, config["thresholds"], tz))]),
        Section("Yesterday's forecast against what came", "Each hour as last issued before it, "
                "and the prices public when this page was issued.", charts=_behind(of, tz)),
        record_section(of.record, of.lately, tz),
        Section("What it rests on",
                tables=[models_table(of.cards, of.drift), known_table(of.freshness, of.until)]),
    ]  # fmt: skip
    sheet = f"../../forecast/{of.issued}"
    links = [("CSV", f"{sheet}.csv"), ("XLSX", f"{sheet}.xlsx"), ("All pages", "../../index.html")]
    found = [*warnings(of, config), *lacking(known_ahead(of.freshness, of.until), of.without)]
    return Page(f"Price-spike forecast {of.issued:%d %B %Y}", about, sections, found, links=links)


def observed_prices(prices: Archive, at: pd.Timestamp, min_coverage: float) -> pd.DataFrame:
    """Highest price of the 48 hours before `at` as known then, NaN where incomplete."""
    last = at.floor("h") - 2 * HOUR  # the hour that has just ended may not be published yet
    hours = pd.date_range(end=last, periods=47, freq="h")
    highest = known_frame(prices[SeriesName.RT_MAX], at, hours)
    coverage = known_frame(prices[SeriesName.RT_COVERAGE], at, hours)
    return highest.where(coverage >= min_coverage)


def warnings(of: DailyReport, config: DailyPageSettings) -> list[str]:
    """Sentences on what to distrust today; none when all is well."""
    known = known_ahead(of.freshness, of.until)
    found = [*old(of.freshness), *left_out(of.lost)]
    found += cut_short(known, config, of.issued, of.without)
    found += filter(None, [of.record.fault])
    if stale := set(of.forecast.get(Flagged.stale, [])) - {""}:
        found.append(f"made with old or missing data: {', '.join(stale)}")
    lesser = {*of.forecast.get(Flagged.served_by, [])} - {Forecaster.MODEL.value}
    found += [f"today's model does not serve: {by}" for by in sorted(lesser)]
    found += [f"suspect: {why}" for why in sorted({*of.forecast.get(Flagged.suspect, [])} - {""})]
    over = ((k, most) for k, most in config["drift"].items() if most and of.drift.get(k, 0) > most)
    found += [f"drift: {k} is {of.drift[k]:.2f}, allowed {most:g}" for k, most in over]
    if any(of.forecast.get(Flagged.late, [])):
        due = pd.Timestamp(deadline(config, of.issued)).tz_convert(MARKETS[config["market"]].tz)
        of_gate = config["horizon"] == "next_midnight"
        what = "the market's gate closed" if of_gate else "its first hour began"
        found.append(f"late: first made after {what} at {due:%H:%M} local time")
    newest = {tuple(c["pool"]): c for c in sorted(of.cards, key=lambda c: c["date"])}
    for card in newest.values():
        days = (of.issued - date.fromisoformat(card["date"])).days
        if days >= config["retrain_every_days"]:
            found.append(f"model of {card['date']} is {days} days old: retrain it")
    if of.observed.empty:
        found.append("no real-time price of the last two days is public: nothing to compare with")
    elif (missing := int(of.observed.isna().to_numpy().sum())) > 0:
        found.append(f"{missing} node hours of the last two days have no complete price")
    return found


def _glance(of: DailyReport, usual: Mapping[str, pd.DataFrame], tz: str) -> Table:
    beside = {**usual}
    if of.earlier:
        beside["said before"] = max(of.earlier, key=lambda rows: rows[Forecast.issue_time].max())
    return glance(of.forecast, beside, of.why, tz)


def _ahead(
    rows: pd.DataFrame, usual: Mapping[str, pd.DataFrame], thresholds: list[float], tz: str
) -> list[dict[str, object]]:
    more, groups = {*rows[Forecast.threshold]} - {*thresholds}, []
    for node, of in rows.groupby(Forecast.location, sort=False):
        beside = {name: _wide(of, tz, column) for name, column in BOUNDS.items()}
        beside |= {name: _wide(t[t[Forecast.location] == node], tz) for name, t in usual.items()}
        panels = [probabilities(wide := _wide(of, tz), beside, more)]
        groups.append(group(str(node), pd.DatetimeIndex(wide.index), panels))
    return groups


def _behind(of: DailyReport, tz: str) -> list[str]:
    """Of each issue date before, the hours of its first day; empty where none is there."""
    firsts = [rows[rows[Forecast.lead_hour] <= 24] for rows in of.earlier]  # noqa: PLR2004
    if not firsts:
        return []
    rows = pd.concat(firsts).sort_values(Forecast.valid_time)
    groups = []
    for node in of.forecast[Forecast.location].unique():
        at = rows[rows[Forecast.location] == node]
        wide = _wide(at.drop_duplicates([Forecast.valid_time, Forecast.threshold]), tz)
        local = pd.DatetimeIndex(wide.index)
        seen = of.observed.reindex(index=local.tz_convert("UTC"), columns=[node])[node]
        groups.append(group(str(node), local, [probabilities(wide), prices(seen, wide.columns)]))
    return [chart(groups)]


def _wide(rows: pd.DataFrame, tz: str, column: str = Forecast.probability) -> pd.DataFrame:
    wide = rows.set_index([Forecast.valid_time, Forecast.threshold])[column]
    return wide.unstack().tz_convert(tz)
