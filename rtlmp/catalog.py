"""Every series and market the project knows; ``Q.RT_LMP`` *is* the text stored in files."""

from enum import StrEnum
from typing import Final, Literal, NamedTuple, Self, TypeAlias

Unit: TypeAlias = Literal[
    "USD/MWh", "USD/MW", "USD/MMBtu", "MW", "degC", "m/s", "W/m2", "%", "1", "h"
]
Step: TypeAlias = Literal["5min", "15min", "h", "D"]
MINUTES: Final[dict[Step, int]] = {"5min": 5, "15min": 15, "h": 60, "D": 1440}


class SeriesName(StrEnum):
    """A series: stored name, unit, step of its intervals, meaning (report)."""

    unit: Unit
    step: Step
    about: str

    def __new__(cls, name: str, unit: Unit, step: Step, about: str) -> Self:
        member = str.__new__(cls, name)
        member._value_, member.unit, member.step, member.about = name, unit, step, about
        return member

    RT_LMP = "rt_lmp", "USD/MWh", "5min", "real-time LMP of each SCED run, no adders (NP6-788)"
    RT_SPP = "rt_spp", "USD/MWh", "15min", "real-time settlement point price, adders in (NP6-905)"
    DAM_SPP = "dam_spp", "USD/MWh", "h", "day-ahead settlement point price (NP4-190)"
    DAM_AS_REGUP = "dam_as_regup", "USD/MW", "h", "day-ahead regulation up price (NP4-188)"
    DAM_AS_REGDN = "dam_as_regdn", "USD/MW", "h", "day-ahead regulation down price (NP4-188)"
    DAM_AS_RRS = "dam_as_rrs", "USD/MW", "h", "day-ahead responsive reserve price (NP4-188)"
    DAM_AS_NSPIN = "dam_as_nspin", "USD/MW", "h", "day-ahead non-spinning reserve price (NP4-188)"
    DAM_AS_ECRS = "dam_as_ecrs", "USD/MW", "h", "day-ahead contingency reserve price (NP4-188)"
    LOAD = "load", "MW", "h", "load, system and weather zones (NP6-345)"
    LOAD_FORECAST = "load_forecast", "MW", "h", "load forecast in use (NP3-565)"
    WIND = "wind", "MW", "h", "wind generation (NP4-732)"
    SOLAR = "solar", "MW", "h", "solar generation (NP4-737)"
    WIND_FORECAST = "wind_forecast", "MW", "h", "STWPF, system and regions (NP4-742)"
    SOLAR_FORECAST = "solar_forecast", "MW", "h", "STPPF, system and regions (NP4-745)"
    WIND_FORECAST_COP_HSL = "wind_forecast_cop_hsl", "MW", "h", "wind plants' own limits (NP4-742)"
    SOLAR_FORECAST_COP_HSL = (
        "solar_forecast_cop_hsl",
        "MW",
        "h",
        "solar plants' own limits (NP4-745)",
    )
    OUTAGE_FORECAST = "outage_forecast", "MW", "h", "resource capacity on outage (NP3-233)"
    TEMPERATURE_FORECAST = "temperature_forecast", "degC", "h", "temperature forecast (NP4-722)"

    # Fetched by live sources; features may read one after it is listed in READ
    SYSTEM_LAMBDA = "system_lambda", "USD/MWh", "5min", "price of one more MW, no grid (NP6-322)"
    RELIABILITY_ADDER = "reliability_adder", "USD/MWh", "5min", "RTRDPA (NP6-323)"
    RT_RESERVES = "rt_reserves", "MW", "5min", "online reserves, to 2025-12-04 (NP6-323 RTOLCAP)"
    AS_CAPABILITY = "as_capability", "MW", "5min", "capability by service, RTC+B (NP6-328)"
    RT_AS_REGUP = "rt_as_regup", "USD/MW", "15min", "real-time regulation up price (NP6-331)"
    RT_AS_REGDN = "rt_as_regdn", "USD/MW", "15min", "real-time regulation down price (NP6-331)"
    RT_AS_RRS = "rt_as_rrs", "USD/MW", "15min", "real-time responsive reserve price (NP6-331)"
    RT_AS_NSPIN = "rt_as_nspin", "USD/MW", "15min", "real-time non-spinning price (NP6-331)"
    RT_AS_ECRS = "rt_as_ecrs", "USD/MW", "15min", "real-time contingency price (NP6-331)"
    DAM_AS = "dam_as", "USD/MW", "h", "day-ahead reserve price by product, other markets"
    DAM_AS_CLEARED = "dam_as_cleared", "MW", "h", "day-ahead reserve cleared, product (NP3-911)"
    LOAD_FORECAST_MODEL = "load_forecast_model", "MW", "h", "by zone/model, in use or not (NP3-565)"
    OUTAGE_IRR_FORECAST = "outage_irr_forecast", "MW", "h", "wind and solar on outage (NP3-233)"
    OUTAGE_NEW_FORECAST = "outage_new_forecast", "MW", "h", "new plant on outage (NP3-233)"
    CAPACITY_FORECAST = "capacity_forecast", "MW", "h", "generation committed to run (NP3-763)"
    AVAILABLE_FORECAST = "available_forecast", "MW", "h", "capacity available (NP3-763)"
    RESERVE_FORECAST = "reserve_forecast", "MW", "h", "reserve available (NP3-763)"
    RT_LMP_ENERGY = "rt_lmp_energy", "USD/MWh", "5min", "energy part of the real-time LMP"
    RT_LMP_CONGESTION = "rt_lmp_congestion", "USD/MWh", "5min", "congestion part of it"
    RT_LMP_LOSS = "rt_lmp_loss", "USD/MWh", "5min", "loss part of it"
    DAM_LMP_ENERGY = "dam_lmp_energy", "USD/MWh", "h", "energy part of the day-ahead LMP"
    DAM_LMP_CONGESTION = "dam_lmp_congestion", "USD/MWh", "h", "congestion part of it"
    DAM_LMP_LOSS = "dam_lmp_loss", "USD/MWh", "h", "loss part of it"
    GENERATION = "generation", "MW", "h", "generation, fuel as location, mean of the hour"
    WEATHER_TEMPERATURE = "weather_temperature", "degC", "h", "forecast 2 m up, point/model"
    WEATHER_HUMIDITY = "weather_humidity", "%", "h", "forecast relative, 2 m up, point/model"
    WEATHER_WIND = "weather_wind", "m/s", "h", "forecast wind speed 80 m up, point/model"
    WEATHER_SUN = "weather_sun", "W/m2", "h", "forecast shortwave radiation, point/model"
    WEATHER_CLOUD = "weather_cloud", "%", "h", "forecast cloud cover, point/model"
    GAS_PRICE = "gas_price", "USD/MMBtu", "D", "Henry Hub spot price (EIA RNGWHHD)"

    # Derived from the target price, an hour at a time, in the same format
    RT_MAX = "rt_max", "USD/MWh", "h", "highest target price whose interval starts in the hour"
    RT_MEAN = "rt_mean", "USD/MWh", "h", "mean target price of the hour"
    RT_COVERAGE = "rt_coverage", "1", "h", "share of the hour's intervals with a price"


DERIVED: Final = frozenset({SeriesName.RT_MAX, SeriesName.RT_MEAN, SeriesName.RT_COVERAGE})
BY_NAME: Final[dict[str, SeriesName]] = {q.value: q for q in SeriesName}
STORED: Final = tuple(q for q in SeriesName if q not in DERIVED)
RETIRED: Final = frozenset({SeriesName.RT_RESERVES})  # in the archive only
# What features and labels read: the raw files that every run has, whatever its source.
READ: Final = STORED[: STORED.index(SeriesName.TEMPERATURE_FORECAST) + 1]

RT_PARTS: Final = (SeriesName.RT_LMP_ENERGY, SeriesName.RT_LMP_CONGESTION, SeriesName.RT_LMP_LOSS)
DAM_PARTS: Final = (
    SeriesName.DAM_LMP_ENERGY,
    SeriesName.DAM_LMP_CONGESTION,
    SeriesName.DAM_LMP_LOSS,
)
RT_AS: Final = (
    SeriesName.RT_AS_REGUP,
    SeriesName.RT_AS_REGDN,
    SeriesName.RT_AS_RRS,
    SeriesName.RT_AS_NSPIN,
    SeriesName.RT_AS_ECRS,
)
RUNS: Final = (
    SeriesName.RT_LMP,
    *RT_PARTS,
    SeriesName.SYSTEM_LAMBDA,
    SeriesName.RELIABILITY_ADDER,
    SeriesName.RT_RESERVES,
)
ACTUALS: Final = frozenset(  # never known ahead
    {
        SeriesName.RT_SPP,
        SeriesName.LOAD,
        SeriesName.WIND,
        SeriesName.SOLAR,
        SeriesName.GENERATION,
        SeriesName.AS_CAPABILITY,
        *RUNS,
        *RT_AS,
    }
)


class Market(NamedTuple):
    """What differs from one market to the next."""

    tz: str
    gate_closure: str  # local time at which day-ahead offers are due
    system: str  # location of system-wide series
    holidays: tuple[str, str]  # country and subdivision, as package holidays names them
    step: Step = "5min"  # of the real-time price


MARKETS: Final[dict[str, Market]] = {
    "ERCOT": Market("America/Chicago", "10:00", "ERCOT", ("US", "TX")),
    "CAISO": Market("America/Los_Angeles", "10:00", "CAISO", ("US", "CA")),
    "NYISO": Market("America/New_York", "05:00", "NYISO", ("US", "NY")),
    "ISONE": Market("America/New_York", "10:30", "ISONE", ("US", "MA")),
    "PJM": Market("America/New_York", "11:00", "PJM", ("US", "PA")),
    "MISO": Market("Etc/GMT+5", "10:30", "MISO", ("US", "IN")),  # EST the year round
    "SPP": Market("America/Chicago", "09:30", "SPP", ("US", "AR")),
}
