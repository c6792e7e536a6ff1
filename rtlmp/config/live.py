"""Settings of live sources."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from rtlmp.config.kinds import Count, Hour, Name, Positive, Text

HostName = Literal["mis", "api", "token", "weather", "weather_runs", "gas", "isos"]


class Host(TypedDict):
    """An address and the rate that all processes together keep."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    calls_per_minute: Count


class Weather(TypedDict):
    """What is asked of Open-Meteo."""

    model: Text
    run_hours: list[Hour]  # UTC
    points: dict[Name, tuple[float, float]]  # degrees north, east


class Live(TypedDict):
    """Where and what to fetch, and how patiently."""

    store: str
    fetch: list[Text]
    locations: list[Name]
    gaps: list[Text]
    weather: Weather
    timeout: Positive  # s
    attempts: Count
    hosts: dict[HostName, Host]
