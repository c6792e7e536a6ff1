"""Nowcasts out of time, and the seconds from a posting to probabilities.

Skill is 1 - log loss / that of climatology, and of persistence, on the same rows [90 % interval, of
blocks of days]. Every 13th run is scored, nodes together. Frequencies are of the rows that trained
the model: climatology's by node, local hour and interval or hour ahead; persistence's by interval
or hour ahead, given whether the newest price was above x. `72 hours` is the newest forecast of a
backtest (--told), of whole hours. --live instead: seconds of `snakemake nowcast` against a server
that plays ERCOT, at the rates of config.yaml, with all postings but the newest in the store, beside
those of its start-up alone.
"""

import argparse
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest

from benchmarks.measure import say_machine, say_ratio, seconds
from benchmarks.pipeline import ROOT, WORK, config_of, settings_of, snakemake
from rtlmp.asof.vintages import Floats
from rtlmp.catalog import BY_NAME, MARKETS, MINUTES, SeriesName
from rtlmp.clock import instant, month_days, months
from rtlmp.config import Config
from rtlmp.evaluation.losses import format_interval
from rtlmp.evaluation.scores import Sample, sample_scores
from rtlmp.io.tables import read_frame
from rtlmp.models.training import fit_model
from rtlmp.nowcast import HOURLY, Models, Nowcast, nowcast_table, nowcast_training, rows_by_month
from rtlmp.schemas.core import Scored
from rtlmp.schemas.names import Forecaster, Metric
from tests.helpers.live import SECRETS
from tests.helpers.replay import hosts, serving

SPAN: Final = [Nowcast.minutes, Nowcast.ahead]
SHOWN: Final = {1, 3, 6, 12}  # intervals; all hours
NEWEST: Final = "price_0"
ALIKE: Final = {
    Forecaster.CLIMATOLOGY: [*SPAN, Nowcast.location, "hour_of"],
    Forecaster.PERSISTENCE: [*SPAN, NEWEST],  # whether that is above the threshold
}
HISTORY: Final = timedelta(days=365)  # before the window, at most
TOLD: Final = "72 hours"


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", default=str(ROOT / "config/ercot-2024.yaml"))
    parser.add_argument("--months", type=int, default=3, help="served by one model of each length")
    parser.add_argument("--told", type=Path, help="backtest/forecasts.parquet of the same run")
    parser.add_argument("--work", type=Path, default=WORK / "nowcast")
    parser.add_argument("--live", type=int, default=0, metavar="RUNS")


def run(given: argparse.Namespace) -> None:
    say_machine()
    if given.live:
        time_live(given.work / "live", given.live)
        return
    settings = settings_of(given.config)
    config = config_of(settings)
    rows = scored(given, settings, config)
    print(f"{rows[Nowcast.issue_time].nunique():,} runs, {len(config['nodes'])} nodes\n")
    print("| ahead | forecaster |" + "".join(f" ${x:g} |" for x in config["thresholds"]))
    print("|---|---|" + "---|" * len(config["thresholds"]))
    for minutes, ahead in rows[SPAN].drop_duplicates().sort_values(SPAN).to_numpy().tolist():
        of = rows[(rows[SPAN[0]] == minutes) & (rows[SPAN[1]] == ahead)]
        if minutes == MINUTES["h"] or ahead in SHOWN:
            name = f"hour {ahead}" if minutes == MINUTES["h"] else f"{ahead * minutes} min"
            for who, cells in lines(of, config["thresholds"]):
                print(f"| {name} | {who} | {' | '.join(cells)} |")


def time_live(work: Path, runs: int) -> None:
    """A run whose model is that of config/test.yaml's world."""
    shutil.rmtree(work, ignore_errors=True)
    test, now = settings_of(str(ROOT / "config/test.yaml")), datetime.now(UTC)
    snakemake(work, test, "nowcast")
    for path in (work / "results/small/nowcast/model").iterdir():
        model = work / f"results/live/nowcast/model/{path.name}/{now:%Y-%m}"
        shutil.copytree(next(path.iterdir()), model)
    made = {**test, "run": "live", "source": "live", "start": now.date() - timedelta(days=3)}
    fetch = [str(q) for q in (SeriesName.RT_LMP, *HOURLY)]
    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for name, text in SECRETS.items():
            patch.setenv(name, text)

        def took(*words: str, **calls: int) -> float:
            live = {"store": "data", "fetch": fetch, "hosts": hosts(server.url, **calls)}
            return seconds(lambda: snakemake(work, {**made, "live": live}, "nowcast", *words))

        took()  # the postings of 36 hours
        rate = config_of({})["live"]["hosts"]["mis"]["calls_per_minute"]
        ours, bare = zip(*((took(mis=rate), took("--dry-run")) for _ in range(runs)), strict=True)
    say_ratio("nowcast / its dry run", ours, bare)
    print(f"slowest {max(ours):.1f} s")


def scored(given: argparse.Namespace, settings: dict[str, Any], config: Config) -> pd.DataFrame:
    """What `probabilities` of the runs in the window of `backtest`; models are fitted as by the
    rule, on months before their own."""
    window, raw = config["backtest"], Path(f"results/{config['run']}/raw")
    asked = months(window["start"], window["end"])
    read = (config["target"], *HOURLY)
    every = months(instant(window["start"], "00:00", "UTC") - HISTORY, window["end"])
    snakemake(given.work, settings, *(f"{raw}/{q}/{m}.parquet" for q in read for m in asked))
    stored = [str(path) for q in read for path in (given.work / raw / q).glob("*.parquet")]
    feed = {key: config[key] for key in ("market", "target", "nodes")}
    rows = rows_by_month(stored, every, config["score_coverage"], feed)
    rows = {month: of.dropna(subset=Scored.max_price) for month, of in rows.items() if len(of)}
    told = read_frame(given.told) if given.told else pd.DataFrame()
    own: Config = {**config, "gate": {**config["gate"], "days": 0}}
    parts = []
    for k, minutes in product(range(0, len(asked), given.months), lengths(config)):
        served, day = asked[k : k + given.months], month_days(asked[k])[0]
        old = pd.concat([of for month, of in rows.items() if month < asked[k]], ignore_index=True)
        new = pd.concat([rows[month] for month in served], ignore_index=True)
        old, new = (of[of[Nowcast.minutes] == minutes] for of in (old, new))
        models = {f"{minutes}": {asked[k]: fit_model(nowcast_training(old, minutes, day), own)}}
        print(f"  {day}, {minutes} min: {len(old):,} rows", flush=True)
        xs = config["thresholds"]
        parts.append(probabilities(models, old, new.reset_index(drop=True), xs, told))
    whole, tz = pd.concat(parts, ignore_index=True), MARKETS[config["market"]].tz
    first, last = (pd.Timestamp(instant(window[of], "00:00", tz)) for of in ("start", "end"))
    return whole[whole[Nowcast.issue_time].between(first, last + pd.Timedelta(days=1))]


def lengths(config: Config) -> list[int]:
    """Of an interval and of an hour, minutes."""
    return [MINUTES[BY_NAME[config["target"]].step], MINUTES["h"]]


def probabilities(
    models: Models, old: pd.DataFrame, new: pd.DataFrame, xs: list[float], told: pd.DataFrame
) -> pd.DataFrame:
    """A row for each of `new`, of one length, and threshold, a column a forecaster; `old` trained
    the model."""
    table = nowcast_table(models, new, xs).rename(columns={Nowcast.probability: Forecaster.MODEL})
    table[Scored.max_price] = np.tile(new[Scored.max_price], len(xs))
    for name, by in ALIKE.items():
        table[name] = np.concatenate([frequency(old, new, by, x) for x in xs])
    if not len(told):
        return table.assign(**{TOLD: np.nan})
    at, by = Scored.issue_time, [Scored.valid_time, Scored.location, Scored.threshold]
    right = told[told[Scored.model] == Forecaster.MODEL][[at, *by, Scored.probability]]
    right = right.sort_values(at).rename(columns={Scored.probability: TOLD})
    found = pd.merge_asof(table.sort_values(at), right, on=at, by=by)
    whole = (found[SPAN[0]] == MINUTES["h"]) & (found[SPAN[1]] > 0)
    return found.assign(**{TOLD: found[TOLD].where(whole)})


def frequency(old: pd.DataFrame, new: pd.DataFrame, by: list[str], x: float) -> Floats:
    """Share above `x` of the `old` rows alike, half a success in two rows added: (new,)."""
    old, new = (of.assign(**{NEWEST: of[NEWEST] > x}) for of in (old, new))
    alike = (old[Scored.max_price] > x).groupby([old[name] for name in by])
    share = (alike.sum() + 0.5) / (alike.count() + 2)
    return np.asarray(share.reindex(pd.MultiIndex.from_frame(new[by])).fillna(0.25), np.float64)


def lines(of: pd.DataFrame, xs: list[float]) -> Iterator[tuple[str, list[str]]]:
    """Of an interval or hour ahead: who is measured against whom, and a cell a threshold."""
    there = [q for q in (Forecaster.MODEL, Forecaster.PERSISTENCE, TOLD) if of[q].notna().any()]
    of = of.dropna(subset=there)
    for who, versus in product(there, ALIKE):
        if who != versus:
            cells = [cell(of[of[Nowcast.threshold] == x], who, versus, x) for x in xs]
            yield f"{who} against {versus}", cells
    yield (
        "mean of model / frequency",
        [
            f"{part[Forecaster.MODEL].mean() / max((part[Scored.max_price] > x).mean(), 1e-9):.2f}"
            for x in xs
            for part in [of[of[Nowcast.threshold] == x]]
        ],
    )


def cell(of: pd.DataFrame, who: str, versus: str, x: float) -> str:
    """Log-loss skill, then Brier skill."""
    y = np.asarray(of[Scored.max_price] > x, np.float64)
    if not 0 < y.sum() < len(y):
        return "-"
    day = np.unique(of[Nowcast.issue_time].dt.floor("D"), return_inverse=True)[1]
    got = sample_scores(Sample(day, y, of[who].to_numpy(), of[versus].to_numpy()), 7)
    shown = (got[metric] for metric in (Metric.LOG_LOSS_SKILL, Metric.BRIER_SKILL))
    return ", ".join(format_interval(*score, ".3f") for score in shown)
