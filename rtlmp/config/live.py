"""Settings of live sources."""

from typing import Annotated

from pydantic import Field, with_config
from typing_extensions import TypedDict

from rtlmp.config.kinds import FORBID, Count, Name, Positive, Text


@with_config(FORBID)
class Host(TypedDict):
    url: Annotated[str, Field(pattern=r"^https?://")]
    calls_per_minute: Count


@with_config(FORBID)
class Hosts(TypedDict):
    mis: Host
    api: Host
    token: Host
    weather: Host
    weather_runs: Host
    gas: Host
    isos: Host


@with_config(FORBID)
class Weather(TypedDict):
    model: Text
    run_hours: list[Annotated[int, Field(ge=0, le=23)]]
    points: dict[Name, tuple[float, float]]


@with_config(FORBID)
class Live(TypedDict):
    store: str
    fetch: list[Text]
    locations: list[Name]
    gaps: list[Text]
    weather: Weather
    timeout: Positive
    attempts: Count
    hosts: Hosts
