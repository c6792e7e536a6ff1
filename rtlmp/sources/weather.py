"""Weather forecasts of Open-Meteo, as they were when they were made; data CC BY 4.0.

Free for non-commercial use only. Two doors, neither stitched from first hours of runs:

- previous runs: for each hour v and K = 1..4 the latest run begun by v - 24 K h, and a run is out
  8 h after it began. So the value was public by v - 24 K + 8 h, and an hour h ahead is served by
  K = ceil((h + 8) / 24): h = 17..40 by K = 2. K = ceil(h / 24) would leak.
- single runs: the run is asked by name, public 8 h after it began.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import IncompleteError, Source, Tools
from rtlmp.sources.base.vintages import stamped
from rtlmp.sources.base.web import Request, UnreadableError, fetch

DELAY: Final = pd.Timedelta(hours=8)  # from a run's start until all of it is out
DAYS_BACK: Final = (1, 2, 3, 4)  # K; the horizon ends 87 h after issue time
REACH: Final = timedelta(days=4)
HOUR: Final = pd.Timedelta(hours=1)


class Variable(NamedTuple):
    name: str  # Open-Meteo's
    unit: str  # the one it must answer in
    ending: bool  # a mean of the hour before its time stamp


VARIABLES: Final = {
    SeriesName.WEATHER_TEMPERATURE: Variable("temperature_2m", "°C", ending=False),
    SeriesName.WEATHER_HUMIDITY: Variable("relative_humidity_2m", "%", ending=False),
    SeriesName.WEATHER_WIND: Variable("wind_speed_80m", "m/s", ending=False),
    SeriesName.WEATHER_SUN: Variable("shortwave_radiation", "W/m²", ending=True),
    SeriesName.WEATHER_CLOUD: Variable("cloud_cover", "%", ending=False),
}


def previous_runs(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """Four vintages of each hour of [start, end)."""
    span = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{end:%Y-%m-%d}"}
    names = {
        f"{variable.name}_previous_day{k}": (q, 24 * k * HOUR - DELAY)
        for q, variable in VARIABLES.items()
        for k in DAYS_BACK
    }
    points = _asked("weather", names, span, f"{start:%Y-%m-%d}", tools)
    parts = [
        _column(point, where, name, *which, tools.now)
        for where, point in points
        for name, which in names.items()
    ]
    return _rows(parts, start, end)


def single_runs(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """Five days of each run begun in [start, end) that is out by now."""
    hours = tools.live["weather"]["run_hours"]
    day = pd.Timestamp(start)
    runs = [run for run in (day + h * HOUR for h in hours) if run + DELAY <= tools.now]
    names = {variable.name: (q, None) for q, variable in VARIABLES.items()}
    parts = []
    for run in runs:
        span = {"run": f"{run:%Y-%m-%dT%H:%M}", "forecast_days": "5"}
        points = _asked("weather_runs", names, span, f"run {run:%Y-%m-%d %H:%MZ}", tools)
        parts += [
            _column(point, where, name, q, None, tools.now, run + DELAY)
            for where, point in points
            for name, (q, _) in names.items()
        ]
    return _rows(parts, start, max(end, start + timedelta(days=7)))


def _asked(
    host: str, names: Mapping[str, object], span: Mapping[str, str], what: str, tools: Tools
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each configured point's name and answer."""
    live = tools.live
    model, points = live["weather"]["model"], live["weather"]["points"]
    params = {
        "latitude": ",".join(str(lat) for lat, _ in points.values()),
        "longitude": ",".join(str(lon) for _, lon in points.values()),
        "hourly": ",".join(names),
        "models": model,
        "timezone": "UTC",
        "wind_speed_unit": "ms",
        **span,
    }
    url = live["hosts"]["weather" if host == "weather" else "weather_runs"]["url"]
    ask = Request(f"Open-Meteo {model} {what}", host, f"{url}/v1/forecast", params)
    answers = fetch(tools.client, ask, lambda body: _points(body, len(points)))
    yield from zip((f"{point}/{model}" for point in points), answers, strict=True)


def _points(body: bytes, want: int) -> Sequence[dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise UnreadableError(f"not JSON but {body[:80]!r}") from error
    points = found if isinstance(found, list) else [found]
    if len(points) != want or any(p.get("utc_offset_seconds") != 0 for p in points):
        offsets = [p.get("utc_offset_seconds") for p in points]
        raise UnreadableError(f"{len(points)} points of {want}, with offsets from UTC {offsets}")
    return points


def _column(
    point: Mapping[str, Any],
    where: str,
    name: str,
    series: SeriesName,
    ahead: pd.Timedelta | None,
    now: datetime,
    publish: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """One variable at one point, without hours that are not out yet."""
    variable, hourly = VARIABLES[series], point["hourly"]
    unit = point["hourly_units"].get(name)
    if unit != variable.unit:
        raise UnreadableError(f"{name} in {unit}, want {variable.unit}: {sorted(hourly)}")
    stamps = pd.Series(pd.to_datetime(hourly["time"], utc=True))
    public = pd.Series(publish, stamps.index) if ahead is None else stamps - ahead
    values = pd.to_numeric(pd.Series(hourly[name], dtype=object)).astype(float)
    out = public <= now
    if out.any() and values[out].isna().all():
        raise IncompleteError(
            f"Open-Meteo {where}: {name} is null from {stamps[0]} on; take another model or "
            "variable: not every model has every one"
        )
    columns = {
        Observations.series: series.value,
        Observations.location: where,
        Observations.valid_time: stamps - HOUR if variable.ending else stamps,
        Observations.publish_time: public,
        Observations.value: values,
    }
    return pd.DataFrame(columns)[out].dropna()


def _rows(parts: list[pd.DataFrame], start: datetime, end: datetime) -> DataFrame[Observations]:
    rows = pd.concat([*parts, no_observations()], ignore_index=True)
    inside = (rows[Observations.valid_time] >= start) & (rows[Observations.valid_time] < end)
    return stamped(rows[inside])


TERMS: Final = "Open-Meteo.com, CC BY 4.0, free for non-commercial use only"
SOURCES: Final = (
    Source(
        "open-meteo-previous",
        "",
        tuple(VARIABLES),
        previous_runs,
        span=timedelta(days=14),
        published="lead: hour - 24 K h + 8 h, K = 1..4",
        origin=f"previous-runs API of {TERMS}",
        fresh=timedelta(hours=30),
        early=REACH,
        whole=False,
        since=date(2024, 2, 1),  # most models; before it they are null
        when=lambda live: not live["weather"]["run_hours"],
    ),
    Source(
        "open-meteo-runs",
        "",
        tuple(VARIABLES),
        single_runs,
        span=timedelta(days=1),
        published="run: 8 h after it began",
        origin=f"single-runs API of {TERMS}",
        fresh=timedelta(hours=30),
        late=timedelta(hours=32),
        whole=False,
        since=date(2024, 3, 14),  # ECMWF; others from 2026-04-02
        when=lambda live: bool(live["weather"]["run_hours"]),
    ),
)
