"""Where a run stands: data, models, the last forecast, the gate, the disk; read, never made."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NotRequired

import numpy as np
import pandas as pd
from typing_extensions import TypedDict

from rtlmp.asof.view import HOUR
from rtlmp.asof.vintages import read_archive
from rtlmp.catalog import ACTUALS, BY_NAME, MINUTES
from rtlmp.clock import HORIZON_HOURS, gate_closure, horizon_start
from rtlmp.config import threshold_name
from rtlmp.config.jobs import DailyPageSettings
from rtlmp.pipeline.morning import Verdict
from rtlmp.report.daily import read_daily, warnings
from rtlmp.report.record import as_issued, read_record
from rtlmp.report.scorecard import recent_pairs, skill_of
from rtlmp.schemas.core import UTC_DTYPE, Flagged, Freshness
from rtlmp.schemas.names import Metric
from rtlmp.sources.base.store import LOST
from rtlmp.sources.freshness import lately

SKILL_SPAN: Final = timedelta(days=14)  # latest issue dates that are scored


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
    alerts: NotRequired[list[str]]
    models: list[ModelStatus]
    skill_days: int
    skill: dict[str, float]  # by threshold: 1 - log loss / climatology's, first 24 hours
    drift: dict[str, float]  # as `drift_now`
    series: list[SeriesStatus]
    quarantined: list[str]
    free_gb: float


def status(
    root: Path,
    day: date,
    daily: Mapping[str, Sequence[str]],
    store: Path,
    config: DailyPageSettings,
    now: datetime,
) -> Status:
    """At `now`, of issue date `day`, from what is there of `daily`, which its page is made of."""
    recorded = as_issued(record := read_record(root / "record"), now - SKILL_SPAN, now)
    there = {key: [p for p in paths if Path(p).exists()] for key, paths in daily.items()}
    forecasts = {path.stem: path for path in sorted((root / "issued").glob("[0-9]*.parquet"))}
    verdict, why, drift = Verdict.FAILED, [f"no forecast of {day}"], dict[str, float]()
    if made := forecasts.get(str(day)):
        p = read_daily(SimpleNamespace(**there, forecast=made), config, day, record)
        why, drift, late = warnings(p, config), {**p.drift}, any(p.forecast.get(Flagged.late, []))
        verdict = Verdict.LATE if late else Verdict.DEGRADED if why else Verdict.GOOD
    closes = (gate_closure(config, now.date() + timedelta(days=k)) for k in (-1, 0, 1))
    minutes = min(left for at in closes if (left := (at - now) / timedelta(minutes=1)) >= 0)
    prices = read_archive(there["hourly"]) if there["hourly"] else {}
    scored = recent_pairs(recorded, prices, config, now)
    return Status(
        run=config["run"],
        date=str(day),
        at=now.isoformat(timespec="seconds"),
        verdict=verdict.name.lower(),
        verdict_code=verdict.value,
        why=why,
        minutes_to_gate_closure=round(minutes, 1),
        forecast=max(forecasts, default=None),
        late=verdict is Verdict.LATE,
        models=_models(root, day),
        skill_days=len(recorded),
        skill={threshold_name(of.threshold): skill_of(of) for of in scored},
        drift=drift,
        series=_series(there["raw"], there.get("lost", ()), config, now, day),
        quarantined=sorted(str(p.relative_to(store)) for p in store.glob(f"**/*{LOST}")),
        free_gb=round(shutil.disk_usage(root if root.exists() else ".").free / 1e9, 1),
    )


def status_table(of: Status) -> str:
    """Lines for a terminal."""
    names = {"newest": "newest, UTC", "allowed": "limit"}
    series = pd.DataFrame(of["series"]).rename(columns=names)
    lines = [
        f"run {of['run']}, issue date {of['date']}, at {of['at']}: {of['verdict']}",
        *(f"  {why}" for why in [*of["why"], *of.get("alerts", [])]),
        "",
        series.to_string(index=False, na_rep="-") if of["series"] else "no raw data",
        "age, limit, reach (of the newest interval) and asked (end of the horizon) in hours",
        "",
        *(f"model {m['pool']}: {m['date']}, {m['age']} days old" for m in of["models"]),
        f"log-loss skill of the first 24 hours, {of['skill_days']} issue dates: "
        + (", ".join(f"{value} above {x}" for x, value in of["skill"].items()) or "none"),
        f"drift: {of['drift'] or 'none told'}",
        f"newest forecast: {of['forecast']}" + (", late" if of["late"] else ""),
        f"{of['minutes_to_gate_closure']:,.0f} minutes to gate closure",
        f"{of['free_gb']:,.1f} GB free on disk",
        f"quarantined postings: {', '.join(of['quarantined']) or 'none'}",
    ]
    return "\n".join(lines) + "\n"


def prometheus(of: Status) -> str:
    """Text format of Prometheus, for the textfile collector of node_exporter."""
    series = pd.DataFrame(of["series"], columns=[*SeriesStatus.__annotations__]).set_index("series")
    metrics: dict[str, tuple[str, str, Mapping[str, float] | pd.Series[Any]]] = {
        "verdict": ("exit code of the morning: 0 good", "", {"": of["verdict_code"]}),
        "series_age": ("h since the newest publication", "series", series["age"]),
        "series_allowed": ("h after which it is stale", "series", series["allowed"]),
        "series_reach": ("h from now to the end of the newest interval", "series", series["reach"]),
        "series_stale": ("1: older than allowed", "series", series["stale"]),
        "model_age_days": ("of the newest", "pool", {m["pool"]: m["age"] for m in of["models"]}),
        Metric.LOG_LOSS_SKILL: ("latest issue dates, first 24 hours", "threshold", of["skill"]),
        "drift": ("psi of features, CUSUM of log loss", "of", of["drift"]),
        "forecast_late": ("1: first there after its deadline", "", {"": of["late"]}),
        "gate_closure_minutes": ("until the next", "", {"": of["minutes_to_gate_closure"]}),
        "disk_free_bytes": ("where results are", "", {"": 1e9 * of["free_gb"]}),
        "quarantined": ("postings set aside", "", {"": len(of["quarantined"])}),
    }
    lines = []
    for name, (about, label, values) in metrics.items():
        lines += [f"# HELP rtlmp_{name} {about}", f"# TYPE rtlmp_{name} gauge"]
        for word, value in values.items():
            labels = f'run="{of["run"]}"' + (f',{label}="{word}"' if label else "")
            lines += [] if pd.isna(value) else [f"rtlmp_{name}{{{labels}}} {float(value):g}"]
    return "\n".join(lines) + "\n"


def _series(
    raw: Sequence[str], lost: Sequence[str], config: DailyPageSettings, now: datetime, day: date
) -> list[SeriesStatus]:
    table, until, _ = lately(raw, lost, now, config)
    newest, at = table.pop(Freshness.latest), pd.Timestamp(now)
    times = newest.map(lambda t: t.isoformat(timespec="seconds"), na_action="ignore")
    table.insert(1, "newest", times.astype(object))
    named = [BY_NAME.get(q) for q in table[Freshness.series]]  # None: a report, all are hourly
    steps = [MINUTES[q.step if q else "h"] for q in named]
    ends = [u + pd.Timedelta(minutes=m) for u, m in zip(until, steps, strict=True)]
    table["reach"] = (pd.Series(ends, dtype=UTC_DTYPE) - at) / HOUR
    asked = (horizon_start(config, day) + HORIZON_HOURS * HOUR - at) / HOUR
    ahead = [q is not None and q not in ACTUALS for q in named]
    table["asked"] = np.where(ahead, asked, np.nan)
    return json.loads(table.to_json(orient="records", double_precision=2))


def _models(root: Path, day: date) -> list[ModelStatus]:
    """The newest model of each pool that is on disk by `day`."""
    cards = [path.parts[-3:-1] for path in sorted(root.glob("model/*/*/card.json"))]
    dated = {pool: date.fromisoformat(of) for pool, of in cards if of <= str(day)}
    return [{"pool": pool, "date": str(d), "age": (day - d).days} for pool, d in dated.items()]
