"""ERCOT's reports: which column of which file is which series. A new report is one row here.

Headers are squeezed (`SYSTEM_WIDE_GEN`, `genSystemWide` and `System Wide Gen` are not three
things) and old names listed beside new ones. System totals of wind and solar come from the
reports that reach back furthest, regions from those that have them: no value is there twice.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from rtlmp.catalog import MARKETS
from rtlmp.catalog import SeriesName as S
from rtlmp.sources.ercot.times import ZONE

SYSTEM: Final = MARKETS["ERCOT"].system
ZONES: Final = {  # weather zones
    "COAST": ("COAST",),
    "EAST": ("EAST",),
    "FWEST": ("FARWEST",),
    "NORTH": ("NORTH",),
    "NCENT": ("NORTHC", "NORTHCENTRAL"),
    "SCENT": ("SOUTHC", "SOUTHCENTRAL"),
    "SOUTH": ("SOUTHERN",),
    "WEST": ("WEST",),
    SYSTEM: ("TOTAL", "SYSTEMTOTAL"),
}
AREAS: Final = ("SOUTH", "NORTH", "WEST", "HOUSTON")
WIND_REGIONS: Final = ("PANHANDLE", "COASTAL", "SOUTH", "WEST", "NORTH")
SOLAR_REGIONS: Final = ("CENTERWEST", "NORTHWEST", "FARWEST", "FAREAST", "SOUTHEAST", "CENTEREAST")
Column: TypeAlias = tuple[S, str]  # series, location; "" is to be read from the row
Places: TypeAlias = Mapping[str, tuple[str, ...]]  # our name, and the ways ERCOT writes it


class Cut(NamedTuple):
    """Some rows of a file, and what their columns are."""

    columns: Mapping[str, Column]  # by squeezed header
    location: str = ""  # header of the location
    where: tuple[str, str] | None = None  # only rows with this text in this column
    unless: tuple[str, str] | None = None  # only rows without
    tail: str = ""  # header whose text is added to the location after a slash
    suffix: str = ""  # added to the location
    every: bool = False  # locations are no settlement points: none is left out
    some: bool = False  # one column is enough: ERCOT added and dropped others over the years


class Report(NamedTuple):
    """One row of ERCOT's catalogue of public reports."""

    emil: str
    number: int  # report type id of the public site
    about: str
    per_day: int  # postings a day
    days_kept: int  # on the public site
    batch: int  # documents a call of the archive may ask for
    cuts: tuple[Cut, ...]
    member: str = ""  # text that names of files inside a posting hold, where it has several
    total: Literal["", "mean", "sum"] = ""  # how the system is made of zones where it is not given
    scale: tuple[float, float] = (1.0, 0.0)  # slope and offset to our unit
    since: date = date(2014, 5, 1)  # first day in the archive
    sparse: bool = False  # a posting without a row is whole
    account: bool = False  # not read without one: then another source gives its series, with a past

    @property
    def label(self) -> str:
        """What errors and logs call it."""
        return f"{self.emil} {self.about}"

    def name_of(self, posting: str, published: datetime) -> str:
        """What errors call one of its postings."""
        return f"{self.label}, posting {posting} of {published.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def _zones(series: S, but: str = "") -> dict[str, Column]:
    return {name: (series, zone) for zone, ways in ZONES.items() for name in ways if zone != but}


def _power(actual: S, forecast: S, limits: S, code: str, places: Places) -> dict[str, Column]:
    """Columns of a wind or solar report: generation, ERCOT's forecast, plants' own limits."""
    kinds = {actual: ("GEN", "ACTUAL"), forecast: (code,), limits: ("COPHSL",)}
    named = [(q, k, loc, way) for q, ks in kinds.items() for k in ks for loc, way in places.items()]
    heads = {f"{kind}{way}": (q, loc) for q, kind, loc, ways in named for way in ways}
    return {**heads, **({"SYSTEMWIDEGEN": (actual, SYSTEM)} if SYSTEM in places else {})}


WHOLE: Final[Places] = {SYSTEM: ("SYSTEMWIDE",)}
LOAD_ZONES: Final[Places] = {
    f"LZ_{z}": (f"LZ{z.replace('_', '')}", f"LOADZONE{z.replace('_', '')}")
    for z in ("SOUTH_HOUSTON", "WEST", "NORTH")
}
WIND: Final = (S.WIND, S.WIND_FORECAST, S.WIND_FORECAST_COP_HSL, "STWPF")
SOLAR: Final = (S.SOLAR, S.SOLAR_FORECAST, S.SOLAR_FORECAST_COP_HSL, "STPPF")
PRICE: Final = "SETTLEMENTPOINTPRICE"
DAM_AS, RT_AS = (
    {name: S[f"{market}_AS_{name}"] for name in ("REGUP", "REGDN", "RRS", "NSPIN", "ECRS")}
    for market in ("DAM", "RT")
)
OUTAGES: Final = {
    "TOTALRESOURCEMW": S.OUTAGE_FORECAST,
    "TOTALIRRMW": S.OUTAGE_IRR_FORECAST,
    "TOTALNEWEQUIPRESOURCEMW": S.OUTAGE_NEW_FORECAST,
}


def _services(kind: str, series: Mapping[str, S]) -> tuple[Cut, ...]:
    return tuple(Cut({"MCPC": (q, SYSTEM)}, where=(kind, name)) for name, q in series.items())


CLEARED: Final = {p: p for p in ("REGUP", "ECRSS", "ECRSM", "RRSPFR", "RRSUFR", "RRSFFR")} | {
    "REGDOWN": "REGDN", "NONSPIN": "NSPIN"}  # fmt: skip
LAMBDA: Final = ("CAPPEDSYSTEMLAMBDA", "SYSTEMLAMBDA")
RTC: Final = date(2025, 12, 5)  # go-live of RTC+B
SCED_DAY: Final = 288
LZEW: Final = ("SETTLEMENTPOINTTYPE", "LZEW")  # a zone's energy-weighted twin has the same name

REPORTS: Final = (
    Report("np6-788-cd", 12300, "LMP of each SCED run", SCED_DAY, 5, 1000,
           (Cut({"LMP": (S.RT_LMP, "")}, "SETTLEMENTPOINT"),)),
    Report("np6-905-cd", 12301, "real-time settlement point prices", 96, 7, 1000,
           (Cut({PRICE: (S.RT_SPP, "")}, "SETTLEMENTPOINTNAME", unless=LZEW),
            Cut({PRICE: (S.RT_SPP, "")}, "SETTLEMENTPOINTNAME", where=LZEW, suffix="_EW"))),
    Report("np4-190-cd", 12331, "day-ahead settlement point prices", 1, 31, 500,
           (Cut({PRICE: (S.DAM_SPP, "")}, "SETTLEMENTPOINT"),)),
    Report("np4-188-cd", 12329, "day-ahead capacity prices", 1, 31, 1000,
           _services("ANCILLARYTYPE", DAM_AS)),
    Report("np6-331-cd", 24898, "real-time capacity prices", 96, 7, 365,
           _services("ASTYPE", RT_AS), since=RTC),
    Report("np6-322-cd", 13114, "SCED system lambda", SCED_DAY, 5, 1000,
           (Cut(dict.fromkeys(LAMBDA, (S.SYSTEM_LAMBDA, SYSTEM))),)),
    Report("np6-86-cd", 12302, "SCED shadow prices and binding constraints", 24, 5, 1000,
           (Cut({"SHADOWPRICE": (S.SHADOW_PRICE, "")}, "CONSTRAINTNAME", tail="CONTINGENCYNAME",
                every=True),), sparse=True),
    Report("np6-323-cd", 13221, "real-time adders and reserves", SCED_DAY, 5, 50,
           (Cut({**dict.fromkeys(("RTRDPA", "RTORDPA"), (S.RELIABILITY_ADDER, SYSTEM)),
                "RTOLCAP": (S.RT_RESERVES, SYSTEM)}, some=True),)),
    Report("np6-328-cd", 24887, "capability to provide reserves", SCED_DAY, 7, 1000,
           (Cut({f"CAP{n}TOTAL": (S.AS_CAPABILITY, n) for n in DAM_AS}),), since=RTC),
    Report("np6-345-cd", 13101, "load by weather zone", 1, 31, 1000, (Cut(_zones(S.LOAD)),)),
    Report("np3-565-cd", 14837, "seven-day load forecast by model", 24, 7, 1000,
           (Cut(_zones(S.LOAD_FORECAST), where=("INUSEFLAG", "Y")),
            Cut(_zones(S.LOAD_FORECAST_MODEL), tail="MODEL")), since=date(2017, 7, 1)),
    Report("np4-732-cd", 13028, "wind, load zones", 24, 7, 1000,
           (Cut(_power(*WIND, {**WHOLE, **LOAD_ZONES})),)),
    Report("np4-742-cd", 14787, "wind, regions", 24, 7, 1000,
           (Cut(_power(*WIND, {name: (name,) for name in WIND_REGIONS})),)),
    Report("np4-737-cd", 13483, "solar, system", 24, 7, 1000, (Cut(_power(*SOLAR, WHOLE)),),
           since=date(2016, 2, 10)),
    Report("np4-745-cd", 21809, "solar, regions", 24, 7, 1000,
           (Cut(_power(*SOLAR, {name: (name,) for name in SOLAR_REGIONS})),),
           since=date(2022, 6, 28)),
    Report("np3-233-cd", 13103, "resource outage capacity", 24, 31, 1000,
           (Cut({f"{h}{w}": (q, loc) for h, q in OUTAGES.items()
                 for w, loc in (("", SYSTEM), *((f"ZONE{a}", a) for a in AREAS))}, some=True),),
           total="sum"),
    Report("np3-763-cd", 12315, "short-term system adequacy", 24, 31, 50,
           (Cut({"AVAILCAPGEN": (S.AVAILABLE_FORECAST, SYSTEM),
                 "AVAILCAPRESERVE": (S.RESERVE_FORECAST, SYSTEM),
                 "CAPGENRESTOTAL": (S.CAPACITY_FORECAST, SYSTEM),
                 **{f"CAPGENRES{a}": (S.CAPACITY_FORECAST, a) for a in AREAS}}, some=True),)),
    Report("np4-722-cd", 12325, "temperature forecast by weather zone", 1, 31, 1000,
           (Cut(_zones(S.TEMPERATURE_FORECAST, but=SYSTEM)),),
           total="mean", scale=(5 / 9, -160 / 9), account=True),
    Report("np3-911-er", 13057, "two-day ancillary services", 1, 31, 100,
           (Cut({f"TOTALCLEAREDAS{h}": (S.DAM_AS_CLEARED, p) for h, p in CLEARED.items()},
                some=True),),
           member="Cleared_DAM_AS"),
)  # fmt: skip
