"""Kinds of value that settings have; and the settings of what is fetched."""

from collections.abc import Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Final, Literal, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from rtlmp.catalog import RT_PARTS, SeriesName

COSTS: Final = ("flat_price", "shaping", "variable_load_risk", *(q[7:] for q in RT_PARTS))
ONE_OCLOCK = 60  # minutes: YAML reads no earlier time as a number


def clock_text(value: object) -> object:
    """YAML 1.1 reads an unquoted 10:00 as 600 (base sixty): undo that.

    Raises ValueError where a number cannot have been a clock.
    """
    if isinstance(value, str):
        return value
    if type(value) is not int or not ONE_OCLOCK <= value < 24 * 60:
        raise ValueError('a local time in quotes: "10:00"')
    return f"{value // 60:02d}:{value % 60:02d}"


def node_text(value: object) -> object:
    """YAML reads the number of a node as one; blanks around a name are no part of it."""
    numbered = isinstance(value, int) and not isinstance(value, bool)
    return str(value).strip() if numbered or isinstance(value, str) else value


def kept(of: object) -> object:
    """A map without its empty entries: Snakemake adds to maps, so null is how to take one out."""
    return {k: v for k, v in of.items() if v is not None} if isinstance(of, Mapping) else of


def tree(costs: dict[str, str | tuple[str, float]]) -> dict[str, str | tuple[str, float]]:
    """Costs as parent, USD/MWh. Raises ValueError for one of no source, or two, or of itself."""
    parent = {k: of if isinstance(of, str) else of[0] for k, of in costs.items()}
    plain, sums = {k for k in costs if costs[k] == parent[k]}, {*parent.values()}
    said, made = {*costs} - plain, {*COSTS}
    if wrong := (plain - sums - made) | (sums & (said | made)) | (said & made):
        raise ValueError(f"{sorted(wrong)}: want a parent, [parent, USD/MWh] or one of {COSTS}")
    try:
        TopologicalSorter({k: [of] for k, of in parent.items()}).prepare()
    except CycleError as error:
        raise ValueError(f"parents of {error.args[1]} lead in a circle") from None
    return costs


Removable: Final = BeforeValidator(kept)
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Hour = Annotated[int, Field(ge=0, le=23)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), BeforeValidator(clock_text)]
Horizon = Literal["next_midnight", "next_hour"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Node = Annotated[str, Field(min_length=1), BeforeValidator(node_text)]  # any of a market
Text = Annotated[str, BeforeValidator(str)]
Product = Literal["regup", "regdn", "rrs", "ecrs", "nspin"]
ByHour = Annotated[list[float], Field(min_length=24, max_length=24)]  # local
Plant = Literal[SeriesName.WIND, SeriesName.SOLAR, SeriesName.GENERATION]
Terms = (  # USD/MWh, of hub_plus beside the hub's price; floor and cap; toll: USD/kW and month
    tuple[Literal["fixed", "hub_plus", "toll"], float]
    | tuple[Literal["collar"], float, float]
    | tuple[Literal["shape"], ByHour]
)
History = Annotated[int, Field(ge=14)]  # days
DriftLimits = dict[Literal["psi", "cusum"], Positive | None]  # null: no limit


class Window(TypedDict):
    """Dates, both included."""

    start: date
    end: date


class Alert(TypedDict):
    """Tell of hours with P(> above) of at least `probability`."""

    node: Node
    above: Positive  # USD/MWh, one of `thresholds`
    probability: Share
    hours: NotRequired[tuple[Hour, Hour]]  # local, first and last, also over midnight


class Reserve(TypedDict):
    hours: Positive  # of energy held a MW
    deployed: NotRequired[Annotated[float, Field(ge=0, le=1)]]  # share of it called, on average


class Battery(TypedDict):
    """A battery at the grid, and the local hours of strategy fixed_clock."""

    power_mw: Positive
    energy_mwh: Positive
    efficiency: Share  # round trip
    cycles_per_day: Positive
    wear_usd_mwh: Annotated[float, Field(ge=0)]
    clock_charge: list[Hour]
    clock_discharge: list[Hour]
    reserves: NotRequired[Annotated[dict[Product, Reserve], Removable]]


class Contract(TypedDict):
    """A PPA, or the toll of a battery: what its buyer pays, where and how much is delivered."""

    terms: Terms
    node: Node
    hub: Node  # basis is against it
    mw: Positive
    years: Count
    discount_rate: Annotated[float, Field(ge=0)]
    price: NotRequired[Literal[SeriesName.DAM_SPP]]  # left out: `target`
    generation: NotRequired[tuple[Plant, Node] | ByHour]  # shares of `mw`; left out: all of it


class Scenario(Window):
    """Part of a backtest; what is left out or empty means all."""

    nodes: NotRequired[list[Node]]
    thresholds: NotRequired[list[Positive]]
    hours: NotRequired[list[Hour]]


class Refit(TypedDict):
    """Which retrainings start from nothing, and which rows the others add trees on."""

    every: Count  # retrainings; the first `ensemble_size` of them start from nothing
    update_days: History


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
