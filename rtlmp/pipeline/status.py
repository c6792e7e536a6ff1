"""Where a run stands: data, models, the last forecast, the gate, the disk; read, never made."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from typing_extensions import TypedDict

from rtlmp.asof.view import HOUR
from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import ACTUALS, MARKETS, MINUTES, SeriesName
from rtlmp.clock import HORIZON_HOURS, gate_closure, horizon_start
from rtlmp.config import threshold_name
from rtlmp.config.jobs import StatusSettings
from rtlmp.evaluation.baselines import scored_forecasts
from rtlmp.evaluation.losses import log_loss
from rtlmp.io.tables import read_table
from rtlmp.pipeline.morning import Verdict
from rtlmp.report.daily import read_daily, warnings
from rtlmp.schemas.core import Bounded, Flagged, Freshness, Scored
from rtlmp.schemas.names import Forecaster
from rtlmp.sources.freshness import age_limits, files_by_series, freshness, newest_known

SKILL_DAYS: Final = 14  # latest issue dates that are scored


class SeriesStatus(TypedDict):
    series: str
    newest: str | None  # publication, UTC
    age: float | None  # h
    allowed: float | None  # h
    stale: bool
    reach: float | None  # h from now to the end of the last interval known
    asked: float | None  # h from now to the end of the horizon; None: it is never known ahead


class ModelStatus(TypedDict):
    pool: str
    date: str
    age: int  # days


class Status(TypedDict):
    run: str
    date: str  # issue date
    at: str  # UTC: now, of a live run; else the issue time
    verdict: str
    verdict_code: int
    why: list[str]
    minutes_to_gate_closure: float
    forecast: str | None  # issue date of the newest
    late: bool
    models: list[ModelStatus]
    skill_days: int
    skill: dict[str, float | None]  # by threshold: 1 - log loss / climatology's, first 24 hours
    series: list[SeriesStatus]
    quarantined: list[str]
    free_gb: float


class Places(TypedDict):
    """Where to look; what is not there is left out."""

    root: str
    date: str
    daily: Mapping[str, Sequence[str]]  # as the daily page is made of
    store: str


def status(of: Places, config: StatusSettings, now: datetime) -> Status:
    """The state at `now` of the run of issue date `of["date"]`."""
    root, day = Path(of["root"]), date.fromisoformat(of["date"])
    there = {key: [p for p in paths if Path(p).exists()] for key, paths in of["daily"].items()}
    made = root / f"forecast/{day}.parquet"
    flags = read_table(Bounded, made) if made.exists() else None
    late = flags is not None and bool(any(flags.get(Flagged.late, [])))
    why = [f"no forecast of {day}"]
    if flags is not None:
        given = SimpleNamespace(**there, forecast=made)
        why = warnings(read_daily(given, config, day), config)
    verdict = Verdict.FAILED if flags is None else Verdict.LATE if late else Verdict(10 * bool(why))
    days, skill = recent_skill(root, day, there["hourly"], config)
    forecasts = sorted(path.stem for path in (root / "forecast").glob("*.parquet"))
    return Status(
        run=config["run"],
        date=str(day),
        at=now.isoformat(timespec="seconds"),
        verdict=verdict.name.lower(),
        verdict_code=verdict.value,
        why=why,
        minutes_to_gate_closure=round(_to_gate(config, now) / timedelta(minutes=1), 1),
        forecast=forecasts[-1] if forecasts else None,
        late=late,
        models=_models(root, day),
        skill_days=days,
        skill=skill,
        series=_series(there["raw"], config, now, day),
        quarantined=quarantined(Path(of["store"])),
        free_gb=round(shutil.disk_usage(root if root.exists() else ".").free / 1e9, 1),
    )


def quarantined(store: Path) -> list[str]:
    """Postings that were set aside as unreadable. The one place that knows how they are kept."""
    return sorted(p.relative_to(store).as_posix() for p in store.glob("**/*.quarantined"))


def recent_skill(
    root: Path, day: date, hourly: Sequence[str], config: StatusSettings
) -> tuple[int, dict[str, float | None]]:
    """Days scored, and by threshold the log-loss skill of their first 24 hours as issued."""
    wanted = [day - timedelta(days=k) for k in range(SKILL_DAYS, 0, -1)]
    paths = {d: path for d in wanted if (path := root / f"forecast/{d}.parquet").exists()}
    if not paths or not hourly:
        return 0, {}
    prices = read_archive(hourly)
    rows = pd.concat([read_table(Bounded, path) for path in paths.values()], ignore_index=True)
    priced = rows[Bounded.location].isin(prices[SeriesName.RT_MAX].locations)
    issued = Bounded.validate(rows[priced & rows[Bounded.threshold].isin(config["thresholds"])])
    if issued.empty:
        return 0, {}
    scored = scored_forecasts({Forecaster.MODEL: issued}, prices, config, paths, None)
    scored = scored[scored[Scored.max_price].notna() & (scored[Scored.lead_day] == 1)]
    spiked = (scored[Scored.max_price] > scored[Scored.threshold]).to_numpy().astype(np.float64)
    loss = pd.Series(log_loss(spiked, scored[Scored.probability].to_numpy()), scored.index)
    mean = loss.groupby([scored[Scored.threshold], scored[Scored.model]]).mean().unstack()
    skill = 1 - mean[Forecaster.MODEL] / mean[Forecaster.CLIMATOLOGY]
    return len(paths), {threshold_name(float(str(x))): round(v, 4) for x, v in skill.items()}


def _series(
    raw: Sequence[str], config: StatusSettings, now: datetime, day: date
) -> list[SeriesStatus]:
    known = newest_known(files_by_series(raw), now)
    limits = age_limits(config["market"], config["source"])
    table = freshness(known, now, limits).to_dict("records")
    at, horizon = pd.Timestamp(now), horizon_start(config, day) + HORIZON_HOURS * HOUR
    return [
        SeriesStatus(
            series=row[Freshness.series],
            newest=None if pd.isna(newest) else newest.isoformat(timespec="seconds"),
            age=_hours(row[Freshness.age]),
            allowed=_hours(row[Freshness.allowed]),
            stale=bool(row[Freshness.stale]),
            reach=_hours((until + pd.Timedelta(minutes=MINUTES[q.step]) - at) / HOUR),
            asked=None if q in ACTUALS else _hours((horizon - at) / HOUR),
        )
        for row, (q, (newest, until)) in zip(table, known.items(), strict=True)
    ]


def _models(root: Path, day: date) -> list[ModelStatus]:
    """The newest model of each pool that is on disk by `day`."""
    dated: dict[str, str] = {}
    for card in sorted(root.glob("model/*/*/card.json")):
        pool, of = card.parts[-3:-1]
        dated |= {pool: of} if of <= str(day) else {}
    return [
        ModelStatus(pool=pool, date=of, age=(day - date.fromisoformat(of)).days)
        for pool, of in dated.items()
    ]


def _to_gate(config: StatusSettings, now: datetime) -> timedelta:
    """Until the next gate closure from `now` on."""
    today = now.astimezone(ZoneInfo(MARKETS[config["market"]].tz)).date()
    closes = (gate_closure(config, today + timedelta(days=k)) for k in (0, 1))
    return next(at for at in closes if at >= now) - now


def _hours(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 2)
