"""A live season of mornings against a server that plays ERCOT, with something amiss on most days.

Half of the days lie around the March change of the clock, half around that of November. Each day
the morning run is started at 09:56:02 of a clock that then goes on as the real one does: its
Snakemake, its jobs, its exit code. Afterwards a replay in an empty folder, from the store by then
complete, gives the forecasts of the same issue times: a morning's are to equal them to the bit, or
to say what they lacked. --days 4 is the test of CI.
"""

import argparse
import json
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd
import yaml

from benchmarks.measure import say_machine
from benchmarks.pipeline import ROOT
from rtlmp.clock import HORIZON_HOURS, instant
from rtlmp.evaluation.tables import Lost
from rtlmp.io.tables import read_frame
from rtlmp.pipeline.morning import Verdict
from rtlmp.schemas.core import Bounded, Flagged, Forecast, Scored
from rtlmp.schemas.names import Forecaster
from tests.helpers import replay, warm
from tests.helpers.amiss import CALM, TZ, World, replaying, schedule
from tests.helpers.build import settings
from tests.helpers.ercot_world import DAY
from tests.helpers.live import SECRETS

CHANGES: Final = (date(2026, 3, 8), date(2026, 11, 1))  # of the clock
SERIES: Final = ["rt_lmp", "dam_spp", "load", "load_forecast", "weather_wind"]
BEFORE: Final = 15  # days fetched before the first morning
RUN: Final = Path("results/season")
KEYS: Final = [Forecast.issue_time, Forecast.valid_time, Forecast.location, Forecast.threshold]
COMPARED: Final = [Forecast.probability, Bounded.lower, Bounded.upper, Forecast.model_date]
ALLOWED: Final = 238  # s from the start to gate closure


class Morning(NamedTuple):
    """What was published, and what it says of itself."""

    day: date
    amiss: str
    code: int
    seconds: float
    rows: pd.DataFrame | None
    marks: str


def write_settings(folder: Path, first: date, days: int, url: str) -> Path:
    made = settings(
        run=RUN.name, source="live", nodes=["HB_NORTH"], thresholds=[100],
        history_days=14, issue_time="09:56", start=first - BEFORE * DAY,
        backtest={"start": first, "end": first + (days - 1) * DAY},
        model={"rounds": 5, "max_depth": 3, "grid": [50, 100, 500], "threads": 1},
        live={"store": str(folder / "store"), "fetch": SERIES, "attempts": 2,
              "hosts": replay.hosts(url)},
    )  # fmt: skip
    path = folder / "season.yaml"
    path.write_text(yaml.safe_dump(made))
    return path


def run_words(work: Path, config: Path, *words: str) -> list[str]:
    work.mkdir(exist_ok=True)
    return [*words, "--cores", "1", "--configfile", str(config), "--directory", str(work),
            "--snakefile", str(ROOT / "Snakefile")]  # fmt: skip


def season(folder: Path, first: date, days: int, shift: int, env: dict[str, str]) -> pd.DataFrame:
    """A row a morning of `days` from `first`."""
    world = World()
    world.plan = schedule(first, days, shift)
    with replaying(world) as server, (folder / "log").open("wb") as log:
        config = write_settings(folder, first, days, server.url)

        def started(work: Path, *asked: str) -> int:
            ahead = {warm.AHEAD: str(world.clock().timestamp() - time.time())}
            given = {**env, **SECRETS, **ahead, "PYTHONPATH": str(ROOT)}
            return warm.finished(run_words(work, config, *asked), ROOT, given, log.fileno())

        mornings = []
        for day in (first + k * DAY for k in range(days)):
            world.set_clock(instant(day, "09:56", TZ) + timedelta(seconds=2))
            world.fail(server, day)
            code = started(folder / "live", "-m", "rtlmp.pipeline.morning")
            took = (world.clock() - world.now) / timedelta(seconds=1)
            mornings.append(seen(folder / "live", day, world.plan.get(day, CALM).what, code, took))
            say(mornings[-1])
        world.set_clock(instant(first + days * DAY, "12:00", TZ))
        server.faults.clear()
        whole = f"{RUN}/backtest/forecasts.parquet"
        if started(folder / "replay", "-m", "snakemake", whole):
            raise RuntimeError(f"the replay failed: {folder / 'log'}")
    known = read_frame(folder / "replay" / whole)
    known = known[known[Scored.model] == Forecaster.MODEL].set_index(KEYS)
    return pd.DataFrame([verdict_of(of, known) for of in mornings])


def seen(work: Path, day: date, amiss: str, code: int, seconds: float) -> Morning:
    path = work / RUN / f"issued/{day}.parquet"
    rows = read_frame(path) if path.exists() else None
    marks = []
    if rows is not None:
        marks += json.loads((work / RUN / "status/status.json").read_text())["why"]
        lost = pd.concat([read_frame(p) for p in (work / RUN / "lost").glob("*.parquet")])
        recent = lost[lost[Lost.published] >= pd.Timestamp(instant(day, "00:00", TZ)) - DAY]
        marks += [f"lost {n} of {q}" for q, n in recent[Lost.report].value_counts().items()]
    return Morning(day, amiss, code, seconds, rows, "; ".join(marks))


def say(of: Morning) -> None:
    print(f"{of.day} {Verdict(of.code).name.lower():9s} {of.seconds:5.1f} s  {of.amiss}"
          f"{' -> ' + of.marks if of.marks else ''}", flush=True)  # fmt: skip


def verdict_of(of: Morning, known: pd.DataFrame) -> dict[str, Any]:
    """Whether a morning's forecast is there, whole, on time, and that of the replay."""
    found = {"day": of.day, "amiss": of.amiss, "code": of.code, "marks": of.marks,
             "made": False, "on time": False, "equal": False}  # fmt: skip
    if of.rows is None:
        return found
    ours = of.rows.set_index(KEYS)
    theirs = known.loc[ours.index]
    return found | {
        "made": bool((ours.groupby(level=[2, 3]).size() == HORIZON_HOURS).all()),
        "on time": not of.rows[Flagged.late].any() and of.seconds < ALLOWED,
        "equal": bool((ours[COMPARED].fillna(-1) == theirs[COMPARED].fillna(-1)).all(axis=None)),
    }


def of_days(days: int, folder: Path) -> pd.DataFrame:
    """Half of `days` around each change of the clock."""
    tables, each = [], days // len(CHANGES)
    with warm.warm(folder) as env:
        for k, change in enumerate(CHANGES):
            part = folder / f"{change:%Y-%m}"
            part.mkdir()
            tables.append(season(part, change - each // 2 * DAY, each, k * each, env))
    return pd.concat(tables, ignore_index=True)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="an empty folder in which to leave everything")


def run(given: argparse.Namespace) -> None:
    say_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        found = of_days(given.days, folder)
    unmarked = found["made"] & ~found["equal"] & (found["marks"] == "")
    print(f"\n{len(found)} asked, {found['made'].sum()} made, {found['on time'].sum()} on time; "
          f"{found['equal'].sum()} equal the replay, "
          f"{(found['made'] & ~found['equal'] & ~unmarked).sum()} others say what they lacked, "
          f"{unmarked.sum()} do not")  # fmt: skip
    wrong = found[~found["equal"]]
    print(wrong[["day", "amiss", "code", "made", "on time", "marks"]].to_string(index=False))
