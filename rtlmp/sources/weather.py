"""Weather forecasts of Open-Meteo, as they were when they were made; data CC BY 4.0.

Free for non-commercial use only. Two doors, neither stitched from first hours of runs:

- previous runs: for each hour v and K = 1..4 the latest run begun by v - 24 K h, and a run is out
  8 h after it began. So the value was public by v - 24 K + 8 h, and an hour h ahead is served by
  K = ceil((h + 8) / 24): h = 17..40 by K = 2. K = ceil(h / 24) would leak.
- single runs: the run is named in the request, public 8 h after it began.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.asof.view import HOUR
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import IncompleteError, Source, Tools
from rtlmp.sources.base.vintages import observation_frame, stamped
from rtlmp.sources.base.web import Request, UnreadableError, fetch, read_json

DELAY: Final = pd.Timedelta(hours=8)  # from a run's start until all of it is out
DAYS_BACK: Final = (1, 2, 3, 4)  # K; the horizon ends 87 h after issue time
REACH: Final = timedelta(days=4)
# how long before its hour, or when, a value was public
Column: TypeAlias = tuple[SeriesName, pd.Timedelta | pd.Timestamp]
Columns: TypeAlias = Mapping[str, Column]  # by Open-Meteo's name


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


def previous_runs(
    start: datetime, end: datetime, tools: Tools, of: Iterable[SeriesName] = VARIABLES
) -> DataFrame[Observations]:
    """Four vintages of each hour of [start, end)."""
    span = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{end:%Y-%m-%d}"}
    columns: Columns = {
        f"{VARIABLES[q].name}_previous_day{k}": (q, 24 * k * HOUR - DELAY)
        for q in of
        for k in DAYS_BACK
    }
    return _between(start, end, _fetch("weather", columns, span, f"{start:%Y-%m-%d}", tools))


def system_temperature(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """The mean of the points as vintages of the market's forecast, which has no past for all."""
    rows = previous_runs(start, end, tools, [SeriesName.WEATHER_TEMPERATURE])
    hour = [Observations.valid_time, Observations.publish_time]
    mean = rows.groupby(hour)[Observations.value].mean().reset_index()
    mean[Observations.series] = SeriesName.TEMPERATURE_FORECAST.value
    mean[Observations.location] = MARKETS["ERCOT"].system
    return stamped(mean[[*rows.columns]])


def single_runs(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """Five days of each run begun in [start, end) that is out by now."""
    tables: list[pd.DataFrame] = []
    for hour in tools.live["weather"]["run_hours"]:
        run = pd.Timestamp(start) + hour * HOUR
        if run + DELAY <= tools.now:
            span = {"run": f"{run:%Y-%m-%dT%H:%M}", "forecast_days": "5"}
            columns: Columns = {v.name: (q, run + DELAY) for q, v in VARIABLES.items()}
            tables += _fetch("weather_runs", columns, span, f"run {run:%Y-%m-%d %H:%MZ}", tools)
    return _between(start, max(end, start + timedelta(days=7)), tables)


def _fetch(
    host: str, columns: Columns, span: Mapping[str, str], what: str, tools: Tools
) -> list[pd.DataFrame]:
    """Every column at each configured point."""
    model, points = tools.live["weather"]["model"], tools.live["weather"]["points"] or {}
    params = {
        "latitude": ",".join(str(lat) for lat, _ in points.values()),
        "longitude": ",".join(str(lon) for _, lon in points.values()),
        "hourly": ",".join(columns),
        "models": model,
        "timezone": "UTC",
        "wind_speed_unit": "ms",
        **span,
    }
    request = Request(f"Open-Meteo {model} {what}", host, "/v1/forecast", params)
    return fetch(
        tools.client,
        request,
        lambda body: [
            _column(answer, f"{point}/{model}", name, column, tools.now)
            for point, answer in zip(points, _answers(body, len(points)), strict=True)
            for name, column in columns.items()
        ],
    )


def _answers(body: bytes, want: int) -> Sequence[dict[str, Any]]:
    """The answer for each of `want` points."""
    found = read_json(body)
    points = found if isinstance(found, list) else [found]
    offsets = [point.get("utc_offset_seconds") for point in points]
    if len(points) != want or any(offset != 0 for offset in offsets):
        raise UnreadableError(f"{len(points)} points of {want}, with offsets from UTC {offsets}")
    return points


def _column(
    answer: Mapping[str, Any], location: str, name: str, column: Column, now: datetime
) -> pd.DataFrame:
    """One variable at one point, without hours that are not out yet."""
    series, publish = column
    variable, hourly = VARIABLES[series], answer["hourly"]
    unit = answer["hourly_units"].get(name)
    if unit != variable.unit:
        raise UnreadableError(f"{name} in {unit}, want {variable.unit}: {sorted(hourly)}")
    if len(hourly[name]) != len(hourly["time"]):
        counts = f"{len(hourly[name])} values of {name} for {len(hourly['time'])} hours"
        raise UnreadableError(f"Open-Meteo {location}: {counts}")
    stamps = pd.Series(pd.to_datetime(hourly["time"], utc=True, format="ISO8601"))
    if len(gaps := stamps[1:][stamps.diff()[1:] != HOUR]):
        raise UnreadableError(f"Open-Meteo {location}: {gaps.iloc[0]} is no hour after the last")
    public = (
        stamps - publish if isinstance(publish, pd.Timedelta) else pd.Series(publish, stamps.index)
    )
    valid = stamps - HOUR if variable.ending else stamps
    values = pd.Series(hourly[name], dtype=object)
    rows = observation_frame(series, location, valid, public, values)[public <= now]
    if len(rows) and rows[Observations.value].isna().all():
        raise IncompleteError(
            f"Open-Meteo {location}: {name} is null from {stamps[0]} on; take another model or "
            "variable: not every model has every one"
        )
    return rows.dropna()


def _between(start: datetime, end: datetime, tables: list[pd.DataFrame]) -> DataFrame[Observations]:
    """Rows of all `tables` of hours in [start, end)."""
    rows = pd.concat([*tables, no_observations()], ignore_index=True)
    inside = (rows[Observations.valid_time] >= start) & (rows[Observations.valid_time] < end)
    return stamped(rows[inside])


TERMS: Final = "Open-Meteo.com, CC BY 4.0, free for non-commercial use only"
PREVIOUS: Final = Source(
    "open-meteo-previous", "", tuple(VARIABLES), previous_runs, span=timedelta(days=14),
    published="lead: hour - 24 K h + 8 h, K = 1..4", origin=f"previous-runs API of {TERMS}",
    fresh=timedelta(hours=30), early=REACH, whole=False,
    since=date(2024, 2, 1),  # most models; before it they are null
    when=lambda live: bool(live["weather"]["points"]) and not live["weather"]["run_hours"],
)  # fmt: skip
SOURCES: Final = (
    PREVIOUS,
    PREVIOUS._replace(
        name="open-meteo-temperature", market="ERCOT", series=(SeriesName.TEMPERATURE_FORECAST,),
        fetch=system_temperature,
        when=lambda live: bool(live["weather"]["points"]) and not live["archive"],
    ),
    Source(
        "open-meteo-runs", "", tuple(VARIABLES), single_runs, span=timedelta(days=1),
        published="run: 8 h after it began", origin=f"single-runs API of {TERMS}",
        fresh=timedelta(hours=30), late=timedelta(hours=32), whole=False,
        since=date(2024, 3, 14),  # ECMWF; others from 2026-04-02
        when=lambda live: bool(live["weather"]["points"] and live["weather"]["run_hours"]),
    ),
)  # fmt: skip
