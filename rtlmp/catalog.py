"""Every series and market the project knows; ``SeriesName.RT_LMP`` *is* the text in files."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum, auto
from typing import Final, Literal, NamedTuple, Self, TypeAlias

Unit: TypeAlias = Literal[
    "USD/MWh", "USD/MW", "USD/MW-day", "USD/MMBtu", "MW", "degC", "m/s", "W/m2", "%", "1", "h"
]
Step: TypeAlias = Literal["5min", "15min", "h", "D"]
Mark: TypeAlias = Literal[
    "read",  # by features and labels: raw files that every run has, whatever its source
    "actual",  # never known ahead
    "retired",  # in the archive only
    "derived",  # in no raw file
]
MINUTES: Final[dict[Step, int]] = {"5min": 5, "15min": 15, "h": 60, "D": 1440}


class SeriesName(StrEnum):
    """A series: stored name (in lower case), unit, step of its intervals, meaning, marks."""

    unit: Unit
    step: Step
    about: str
    marks: tuple[Mark, ...]

    def __new__(cls, name: str, unit: Unit, step: Step, about: str, *marks: Mark) -> Self:
        member = str.__new__(cls, name)
        member._value_, member.unit, member.step, member.about = name, unit, step, about
        member.marks = marks
        return member

    # fmt: off
    RT_LMP = (auto(), "USD/MWh", "5min",
        "real-time LMP of each SCED run, no adders (NP6-788)", "read", "actual")
    RT_SPP = (auto(), "USD/MWh", "15min",
        "real-time settlement point price, adders in (NP6-905)", "read", "actual")
    DAM_SPP = auto(), "USD/MWh", "h", "day-ahead settlement point price (NP4-190)", "read"
    DAM_AS_REGUP = auto(), "USD/MW", "h", "day-ahead regulation up price (NP4-188)"
    DAM_AS_REGDN = auto(), "USD/MW", "h", "day-ahead regulation down price (NP4-188)"
    DAM_AS_RRS = auto(), "USD/MW", "h", "day-ahead responsive reserve price (NP4-188)"
    DAM_AS_NSPIN = auto(), "USD/MW", "h", "day-ahead non-spinning reserve price (NP4-188)"
    DAM_AS_ECRS = auto(), "USD/MW", "h", "day-ahead contingency reserve price (NP4-188)"
    LOAD = auto(), "MW", "h", "load, system and weather zones (NP6-345)", "read", "actual"
    LOAD_FORECAST = auto(), "MW", "h", "load forecast in use (NP3-565)", "read"
    WIND = auto(), "MW", "h", "wind generation (NP4-732)", "read", "actual"
    SOLAR = auto(), "MW", "h", "solar generation (NP4-737)", "read", "actual"
    WIND_FORECAST = auto(), "MW", "h", "STWPF, system and regions (NP4-742)", "read"
    SOLAR_FORECAST = auto(), "MW", "h", "STPPF, system and regions (NP4-745)", "read"
    WIND_FORECAST_COP_HSL = auto(), "MW", "h", "wind plants' own limits (NP4-742)", "read"
    SOLAR_FORECAST_COP_HSL = auto(), "MW", "h", "solar plants' own limits (NP4-745)", "read"
    OUTAGE_FORECAST = auto(), "MW", "h", "resource capacity on outage (NP3-233)", "read"
    TEMPERATURE_FORECAST = auto(), "degC", "h", "temperature forecast (NP4-722)", "read"

    # Fetched by live sources; features may read one once it is marked so
    SYSTEM_LAMBDA = auto(), "USD/MWh", "5min", "price of one more MW, no grid (NP6-322)", "actual"
    SHADOW_PRICE = auto(), "USD/MWh", "5min", "by constraint/contingency (NP6-86)", "actual"
    RELIABILITY_ADDER = auto(), "USD/MWh", "5min", "RTRDPA (NP6-323)", "actual"
    RT_RESERVES = auto(), "MW", "5min", "reserves, to 2025-12-04 (NP6-323)", "actual", "retired"
    AS_CAPABILITY = auto(), "MW", "5min", "capability by service, RTC+B (NP6-328)", "actual"
    RT_AS_REGUP = auto(), "USD/MW", "15min", "real-time regulation up price (NP6-331)", "actual"
    RT_AS_REGDN = auto(), "USD/MW", "15min", "real-time regulation down price (NP6-331)", "actual"
    RT_AS_RRS = auto(), "USD/MW", "15min", "real-time responsive reserve price (NP6-331)", "actual"
    RT_AS_NSPIN = auto(), "USD/MW", "15min", "real-time non-spinning price (NP6-331)", "actual"
    RT_AS_ECRS = auto(), "USD/MW", "15min", "real-time contingency price (NP6-331)", "actual"
    DAM_AS = auto(), "USD/MW", "h", "day-ahead reserve price by product, other markets"
    DAM_AS_CLEARED = auto(), "MW", "h", "day-ahead reserve cleared, product (NP3-911)"
    LOAD_FORECAST_MODEL = auto(), "MW", "h", "by zone/model, in use or not (NP3-565)"
    OUTAGE_IRR_FORECAST = auto(), "MW", "h", "wind and solar on outage (NP3-233)"
    OUTAGE_NEW_FORECAST = auto(), "MW", "h", "new plant on outage (NP3-233)"
    CAPACITY_FORECAST = auto(), "MW", "h", "generation committed to run (NP3-763)"
    AVAILABLE_FORECAST = auto(), "MW", "h", "capacity available (NP3-763)"
    RESERVE_FORECAST = auto(), "MW", "h", "reserve available (NP3-763)"
    RT_LMP_ENERGY = auto(), "USD/MWh", "5min", "energy part of the real-time LMP", "actual"
    RT_LMP_CONGESTION = auto(), "USD/MWh", "5min", "congestion part of it", "actual"
    RT_LMP_LOSS = auto(), "USD/MWh", "5min", "loss part of it", "actual"
    DAM_LMP_ENERGY = auto(), "USD/MWh", "h", "energy part of the day-ahead LMP"
    DAM_LMP_CONGESTION = auto(), "USD/MWh", "h", "congestion part of it"
    DAM_LMP_LOSS = auto(), "USD/MWh", "h", "loss part of it"
    GENERATION = auto(), "MW", "h", "generation, fuel as location, mean of the hour", "actual"
    WEATHER_TEMPERATURE = auto(), "degC", "h", "forecast 2 m up, point/model"
    WEATHER_HUMIDITY = auto(), "%", "h", "forecast relative, 2 m up, point/model"
    WEATHER_WIND = auto(), "m/s", "h", "forecast wind speed 80 m up, point/model"
    WEATHER_SUN = auto(), "W/m2", "h", "forecast shortwave radiation, point/model"
    WEATHER_CLOUD = auto(), "%", "h", "forecast cloud cover, point/model"
    GAS_PRICE = auto(), "USD/MMBtu", "D", "Henry Hub spot price (EIA RNGWHHD)"
    CAPACITY_PRICE = auto(), "USD/MW-day", "D", "base residual auction, by area of PJM"

    # Derived from the target price, an hour at a time, in the same format
    RT_MAX = (auto(), "USD/MWh", "h",
        "highest target price whose interval starts in the hour", "derived")
    RT_SECOND = (auto(), "USD/MWh", "h",
        "second highest of those seen, of an hour that lacks intervals", "derived")
    RT_THIRD = auto(), "USD/MWh", "h", "third highest of those, likewise", "derived"
    RT_MEAN = auto(), "USD/MWh", "h", "mean target price of the hour", "derived"
    RT_COVERAGE = auto(), "1", "h", "share of the hour's intervals with a price", "derived"
    # fmt: on


BY_NAME: Final[dict[str, SeriesName]] = {q.value: q for q in SeriesName}
DERIVED: Final = frozenset(q for q in SeriesName if "derived" in q.marks)
RETIRED: Final = frozenset(q for q in SeriesName if "retired" in q.marks)
ACTUALS: Final = frozenset(q for q in SeriesName if "actual" in q.marks)
STORED: Final = tuple(q for q in SeriesName if q not in DERIVED)
READ: Final = tuple(q for q in SeriesName if "read" in q.marks)
RT_PARTS: Final = (SeriesName.RT_LMP_ENERGY, SeriesName.RT_LMP_CONGESTION, SeriesName.RT_LMP_LOSS)
DAM_PARTS: Final = tuple(SeriesName[q.name.replace("RT", "DAM")] for q in RT_PARTS)


UNSTATED: Final = timedelta(hours=36)  # age limit where no source states one: dailies are younger
TEXAS: Final = {  # degrees north, east
    "houston": (29.76, -95.37), "dallas": (32.78, -96.80), "san_antonio": (29.42, -98.49),
    "abilene": (32.45, -99.73), "midland": (32.00, -102.08), "corpus_christi": (27.80, -97.40),
}  # fmt: skip


class Market(NamedTuple):
    """What differs from one market to the next."""

    tz: str
    gate_closure: str  # local time at which day-ahead offers are due
    system: str  # location of system-wide series
    holidays: tuple[str, str]  # country and subdivision, as package holidays names them
    step: Step = "5min"  # of the real-time price
    points: Mapping[str, tuple[float, float]] = {}  # of weather, where the config names none


MARKETS: Final[dict[str, Market]] = {
    "ERCOT": Market("America/Chicago", "10:00", "ERCOT", ("US", "TX"), points=TEXAS),
    "CAISO": Market("America/Los_Angeles", "10:00", "CAISO", ("US", "CA")),
    "NYISO": Market("America/New_York", "05:00", "NYISO", ("US", "NY")),
    "ISONE": Market("America/New_York", "10:30", "ISONE", ("US", "MA")),
    "PJM": Market("America/New_York", "11:00", "PJM", ("US", "PA")),
    "MISO": Market("Etc/GMT+5", "10:30", "MISO", ("US", "IN")),  # EST the year round
    "SPP": Market("America/Chicago", "09:30", "SPP", ("US", "AR")),
}
