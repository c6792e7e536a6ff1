"""Every series and market the project knows; ``Q.RT_LMP`` *is* the text stored in files."""

from enum import StrEnum
from typing import Final, Literal, NamedTuple, Self, TypeAlias

Unit: TypeAlias = Literal["USD/MWh", "USD/MW", "MW", "degC", "1", "h"]
Step: TypeAlias = Literal["5min", "15min", "h"]


class Q(StrEnum):
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
    RT_LMP_ENERGY = "rt_lmp_energy", "USD/MWh", "5min", "energy part of the real-time LMP"
    RT_LMP_CONGESTION = "rt_lmp_congestion", "USD/MWh", "5min", "congestion part of it"
    RT_LMP_LOSS = "rt_lmp_loss", "USD/MWh", "5min", "loss part of it"
    DAM_LMP_ENERGY = "dam_lmp_energy", "USD/MWh", "h", "energy part of the day-ahead LMP"
    DAM_LMP_CONGESTION = "dam_lmp_congestion", "USD/MWh", "h", "congestion part of it"
    DAM_LMP_LOSS = "dam_lmp_loss", "USD/MWh", "h", "loss part of it"

    # Derived from the target price, an hour at a time, in the same format
    RT_MAX = "rt_max", "USD/MWh", "h", "highest target price whose interval starts in the hour"
    RT_MEAN = "rt_mean", "USD/MWh", "h", "mean target price of the hour"
    RT_COVERAGE = "rt_coverage", "1", "h", "share of the hour's intervals with a price"


DERIVED: Final = frozenset({Q.RT_MAX, Q.RT_MEAN, Q.RT_COVERAGE})
BY_NAME: Final[dict[str, Q]] = {q.value: q for q in Q}
STORED: Final = tuple(q for q in Q if q not in DERIVED)

ACTUALS: Final = frozenset({Q.RT_LMP, Q.RT_SPP, Q.LOAD, Q.WIND, Q.SOLAR})  # never known ahead


class Market(NamedTuple):
    """What differs from one market to the next."""

    tz: str
    gate_closure: str  # local time at which day-ahead offers are due
    system: str  # location of system-wide series
    holidays: tuple[str, str]  # country and subdivision, as package holidays names them


MARKETS: Final[dict[str, Market]] = {
    "ERCOT": Market("America/Chicago", "10:00", "ERCOT", ("US", "TX")),
}
