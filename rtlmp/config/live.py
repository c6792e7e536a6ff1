"""Settings of what is fetched."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from rtlmp.config.kinds import Count, Hour, Name, Node, Positive, Removable, Text

HostName = Literal["mis", "api", "token", "weather", "weather_runs", "gas", "isos"]


class Host(TypedDict):
    """An address and the rate that all processes together keep."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    calls_per_minute: Count


class WeatherSettings(TypedDict):
    """What is asked of Open-Meteo."""

    model: Text
    run_hours: list[Hour]  # UTC
    # degrees north, east; empty: the market's; null: none
    points: Annotated[dict[Name, tuple[float, float]] | None, Removable]


class Live(TypedDict):
    """Where and what to fetch, and how patiently."""

    store: str
    fetch: list[Text]
    locations: list[Node]
    gaps: list[Text]
    archive: bool
    weather: WeatherSettings
    timeout: Positive  # s
    attempts: Count
    hosts: dict[HostName, Host]
