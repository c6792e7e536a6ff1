"""Forecast skill on many windows of real ERCOT prices, of one or more settings side by side.

Each month of a window is forecast by one model, dated on its first day, without a gate. Settings
with `retrain_every_days` retrain as often, from nothing or as `refit` says, and the mean of the
latest `ensemble_size` models forecasts. Skill is against climatology, the spike frequency by node
and local hour over all known on the first of the month of issue, the same for all settings.
--settings is a YAML file, name: settings of config.yaml that differ (model, members, history_days,
refit, auxiliary_nodes: names; without: names of features). The first is set beside each other by
Diebold-Mariano of daily log loss. Forecasts are kept under --work and not made again.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fnmatch import fnmatch
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import yaml

from benchmarks.measure import say_machine
from benchmarks.pipeline import ROOT, WORK, config_of
from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.hourly import hourly_vintages
from rtlmp.asof.labels import known_labels, spike
from rtlmp.asof.vintages import (
    US_PER_HOUR,
    Archive,
    Floats,
    Ints,
    index_vintages,
    load_observations,
    merge_series,
    read_archive,
    save_observations,
    to_us,
)
from rtlmp.catalog import READ, SeriesName
from rtlmp.clock import RETRAIN_EPOCH, base_date, days, issue_time
from rtlmp.config import AuxiliaryNode, Config
from rtlmp.evaluation.baselines import climatology
from rtlmp.evaluation.losses import daily_means, diebold_mariano, format_interval, log_loss
from rtlmp.evaluation.scores import Sample, sample_scores
from rtlmp.features.history import (
    HistoryRows,
    NodeSample,
    concat_history,
    read_history,
    write_history,
)
from rtlmp.features.matrix import training_features
from rtlmp.forecast.forecast import model_probability
from rtlmp.models.store import Trained
from rtlmp.models.training import train
from rtlmp.schemas.core import HorizonRows
from rtlmp.schemas.names import Metric

TZ: Final = "America/Chicago"
XS: Final = [50.0, 100.0, 200.0, 500.0]
TOP: Final = 0.01  # share of the hours that are the most dangerous ones
LMP: Final = ("HB_NORTH", "HB_HOUSTON", "HB_WEST")
SPP: Final = {  # 15-minute prices, and where
    "HOUSTON_15MIN": "HB_HOUSTON",
    "WEST_15MIN": "HB_WEST",
    "LZ_NORTH_15MIN": "LZ_NORTH",
    "LZ_WEST_15MIN": "LZ_WEST",
}
VERSION: Final = 4  # of the forecasts kept: raise it where others would be made
DAY: Final = timedelta(days=1)
FIRST, LAST = date(2019, 1, 1), date(2024, 12, 28)
BEFORE_FIVE: Final = date(2023, 12, 31)  # issue date before the first of 5-minute prices


class Window(NamedTuple):
    """Issue dates, and the nodes scored; those of 15-minute prices train every window."""

    start: date
    end: date
    nodes: Sequence[str]
    five: bool = False  # 5-minute prices of the hubs train it, too


WINDOWS: Final = {
    "winter 2021": Window(date(2021, 1, 1), date(2021, 3, 31), ["LZ_NORTH_15MIN", "LZ_WEST_15MIN"]),
    "2022": Window(date(2022, 1, 1), date(2022, 12, 31), ["HOUSTON_15MIN"]),
    "summer 2023": Window(date(2023, 6, 1), date(2023, 9, 30), ["HOUSTON_15MIN", "WEST_15MIN"]),
    "2024H1": Window(date(2024, 1, 1), date(2024, 6, 30), ["HOUSTON_15MIN", "WEST_15MIN"]),
    "2024H2": Window(date(2024, 7, 1), date(2024, 12, 28), ["HOUSTON_15MIN", "WEST_15MIN"]),
    "2024H1 5-min": Window(date(2024, 3, 1), date(2024, 6, 30), LMP, five=True),
    "2024H2 5-min": Window(date(2024, 7, 1), date(2024, 12, 28), LMP, five=True),
}


class World(NamedTuple):
    """Rows of each node, and hourly prices of all."""

    rows: dict[str, HistoryRows]
    prices: Archive


class Forecasts(NamedTuple):
    """(rows,) and (rows, thresholds): issue day, outcome, forecast, climatology's."""

    day: Ints
    y: Floats
    p: Floats
    reference: Floats
    lead: Ints  # lead hour
    seconds: float  # of CPU, of one training, mean


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/ercot")
    parser.add_argument("--settings", type=Path, help="none: those of config.yaml alone")
    parser.add_argument("--windows", nargs="*", default=[*WINDOWS])
    parser.add_argument("--months", type=int, default=1, help="served by one model")
    parser.add_argument("--work", type=Path, default=WORK / "windows")


def run(given: argparse.Namespace) -> None:
    say_machine()
    text = given.settings.read_text() if given.settings else "config.yaml: {}"
    named: dict[str, dict[str, Any]] = yaml.safe_load(text)
    made: World | None = None
    for name in given.windows:
        found = {}
        for variant, settings in named.items():
            whole = config_of(settings_alone(settings))
            asked = json.dumps([name, settings, whole, given.months, VERSION], default=str)
            path = given.work / f"{sha256(asked.encode()).hexdigest()[:16]}.npz"
            if not path.exists():
                made = made or world(given.data, given.work)
                of = forecasts(made, WINDOWS[name], settings, given.months)
                np.savez(path, **of._asdict())
            kept = np.load(path)
            found[variant] = Forecasts(**{k: kept[k] for k in Forecasts._fields})
        say(name, found)


def world(data: Path, work: Path, clock: Mapping[str, Any] | None = None) -> World:
    """Features, as of a clock, and prices of every node, made once."""
    work.mkdir(parents=True, exist_ok=True)
    config = config_of({"nodes": [*LMP], "issue_time": "09:56", **(clock or {})})
    nodes = {
        name: AuxiliaryNode(price=SeriesName.RT_SPP, at=at, start=FIRST, end=LAST)
        for name, at in SPP.items()
    }
    hourly = work / "hourly.parquet"
    if not hourly.exists():
        observed = load_observations(sorted(data.glob("*.parquet")))
        five = {SeriesName.RT_LMP: observed[SeriesName.RT_LMP]}
        prices = {**five, **auxiliary_series(observed, nodes)}
        by_hour = merge_series(*(hourly_vintages_of(of, q) for q, of in prices.items()))
        read = {q: of for q, of in observed.items() if q in READ and q.step == "h"}
        seen = merge_series(read, auxiliary_series(observed, nodes, auction=True), by_hour)
        archive = index_vintages(seen)
        for names, first in (([*SPP], FIRST), ([*LMP], date(2024, 1, 1))):
            own: Config = {**config, "nodes": names, "pools": {name: [name] for name in names}}
            issued, every = [*days(first, LAST)], NodeSample(counts={}, seed=None)
            for name, own_rows in training_features(archive, issued, own, every).items():
                write_history(own_rows, work / f"{name}.arrow")
        save_observations(by_hour, hourly)
    rows = {name: read_history(work / f"{name}.arrow") for name in (*SPP, *LMP)}
    return World(rows, read_archive([hourly]))


def hourly_vintages_of(of: Any, q: SeriesName) -> Any:  # noqa: ANN401
    return {name: (rows, of[1]) for name, rows in hourly_vintages(of[0], q).items()}


def forecasts(made: World, window: Window, settings: Mapping[str, Any], every: int) -> Forecasts:
    """Of a window, month by month."""
    own = settings_alone(settings)
    made = made._replace(
        rows={n: without(of, settings.get("without", [])) for n, of in made.rows.items()}
    )
    config = config_of({"nodes": [*LMP], "issue_time": "09:56", "thresholds": XS, **own})
    step = settings.get("retrain_every_days")
    names = [*window.nodes, *settings.get("auxiliary_nodes", SPP)]
    rows = {n: made.rows[n] for n in names}
    if window.five:  # from then on they are their own
        old = {n: concat_issued([rows[n]], config, FIRST, BEFORE_FIVE) for n in rows if n in SPP}
        rows |= old
    parts, took = [], []
    for first, last, serving, spent in trained(made.prices, rows, window, config, step, every):
        took.append(spent)
        if last < window.start:
            continue
        for month, each in groupby(days(first, last), lambda of: of.replace(day=1)):
            issued = [*each]
            nodes = [made.rows[n] for n in window.nodes]
            scored = concat_issued(nodes, config, issued[0], issued[-1])
            p = np.mean([model_probability(of, scored.x, XS) for of in serving], axis=0)
            y, reference = outcomes(made.prices, scored, config, month)
            lead = scored.x[:, scored.design.index(HorizonRows.lead_hour)].astype(np.int64)
            parts.append((scored.issued // (24 * US_PER_HOUR), y, p, reference, lead))
    day, y, p, reference, lead = (np.concatenate(of) for of in zip(*parts, strict=True))
    return Forecasts(day, y, p, reference, lead, float(np.mean(took)))


def trained(
    prices: Archive,
    rows: Mapping[str, HistoryRows],
    window: Window,
    config: Config,
    step: int | None,
    months: int,
) -> Iterator[tuple[date, date, list[Trained], float]]:
    """First and last issue date, the models that serve them, seconds of training the newest: one
    every `step` days, from nothing or as `refit` says, or else one every few months."""
    count, refit = (config["ensemble_size"], config["refit"]["every"]) if step else (1, 1)
    begin = window.start - timedelta(days=(count - 1) * (step or 0))
    freq = f"{step}D" if step else f"{months}MS"
    dates = [*pd.date_range(begin, window.end, freq=freq).date, window.end + DAY]
    full: dict[date, Trained] = {}
    serving: list[Trained] = []
    for k, (day, following) in enumerate(pairwise(dates)):
        began = time.process_time()
        of = base_date(RETRAIN_EPOCH + k * DAY, 1, refit, count)  # turns begin with the window
        model = train([*rows.values()], prices, config, day, base=full.get(of))
        full.setdefault(of, model)
        serving = [*serving, model][-count:]
        spent = time.process_time() - began
        print(f"  {day} {model.card['rows']:,} rows {spent:.1f} s", flush=True)
        yield day, following - DAY, serving, spent


def settings_alone(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of config.yaml."""
    return {k: v for k, v in settings.items() if k not in {"auxiliary_nodes", "without"}}


def without(rows: HistoryRows, patterns: Sequence[str]) -> HistoryRows:
    """`rows` without the features whose names match one, as `dam_*`."""
    of = [k for k, name in enumerate(rows.design) if not any(fnmatch(name, p) for p in patterns)]
    return rows._replace(x=rows.x[:, of], design=[rows.design[k] for k in of]) if patterns else rows


def concat_issued(
    rows: Sequence[HistoryRows], config: Config, first: date, last: date
) -> HistoryRows:
    """Those issued from `first` to `last`, node by node."""
    since, until = (to_us(issue_time(config, day)) for day in (first, last))
    nodes = [of.nodes[0] for of in rows]
    parts = []
    for k, of in enumerate(rows):
        at = np.flatnonzero((of.issued >= since) & (of.issued <= until))
        whose = of.node[at] + k
        parts.append(HistoryRows(of.x[at], of.issued[at], of.hour[at], whose, nodes, of.design))
    return concat_history(parts)


def outcomes(
    prices: Archive, rows: HistoryRows, config: Config, day: date
) -> tuple[Floats, Floats]:
    """What came, NaN where unknown, and climatology of all known on `day`: (rows, thresholds)."""
    end, at = pd.Timestamp("2100-01-01", tz="UTC"), issue_time(config, day)
    hours = range(int(rows.hour.min()), int(rows.hour.max()) + 1)
    past = range(to_us(issue_time(config, FIRST)) // US_PER_HOUR, to_us(at) // US_PER_HOUR)
    came = known_labels(prices, end, hours, config["label_coverage"])
    known = known_labels(prices, at, past, config["label_coverage"])
    local = local_hour(np.array(past))
    y, p = np.full((2, len(rows.hour), len(XS)), np.nan)
    for k, node in enumerate(rows.nodes):
        here = np.flatnonzero(rows.node == k)
        of = came[node].at(rows.hour[here] - hours.start)
        y[here] = np.column_stack([spike(of.highest, x) for x in XS])
        p[here] = climatology(known[node], local, local_hour(rows.hour[here]), XS)
    return y, p


def local_hour(hour: Ints) -> Any:  # noqa: ANN401
    utc = pd.to_datetime(hour * 3600, unit="s", utc=True)
    return utc.tz_convert(TZ).hour.to_numpy(np.int32)


def sample(of: Forecasts, k: int) -> Sample:
    sure = ~np.isnan(of.y[:, k])
    day = np.unique(of.day[sure], return_inverse=True)[1]
    return Sample(day, of.y[sure, k], of.p[sure, k], of.reference[sure, k])


def equal(two: Sequence[Forecasts], k: int) -> float:
    """p of equal daily losses."""
    losses = (daily_means(s.day, log_loss(s.y, s.p)) for s in (sample(of, k) for of in two))
    return diebold_mariano(*losses).p_value


def say(name: str, found: Mapping[str, Forecasts]) -> None:
    """A line a variant: skill by threshold, AUC, mean over base rate, the top hours; seconds."""
    before = next(iter(found.values()))
    print(f"\n{name}: {len(np.unique(before.day))} issue days, {len(before.y):,} rows")
    for variant, of in found.items():
        cells = []
        for k, x in enumerate(XS):
            rows = sample(of, k)
            got = sample_scores(rows, 7)
            top = np.argsort(-rows.p, kind="stable")[: round(TOP * len(rows.p))]
            cells.append(
                f"${x:g} {format_interval(*got[Metric.LOG_LOSS_SKILL], '.3f')}"
                f" auc {got[Metric.AUC][0]:.3f}"
                f" p/y {rows.p.mean() / rows.y.mean():.2f}"
                f" top {rows.p[top].mean():.2f}/{rows.y[top].mean():.2f}"
                + (f" DM {equal((of, before), k):.2f}" if of is not before else "")
            )
        print(f"  {variant:22s} {float(of.seconds):5.1f} s  " + " | ".join(cells), flush=True)
