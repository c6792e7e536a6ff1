"""The tables of the other markets; a new one is one row. Each rule says when a value is public."""

from datetime import timedelta
from typing import Final

from rtlmp.catalog import DAM_PARTS, RT_PARTS
from rtlmp.catalog import SeriesName as S
from rtlmp.sources.isos.ask import DAY, Feed, Rule, after, as_published, by_name, on_eve, pjm_ids
from rtlmp.sources.isos.fetch import feed_source

LMP: Final = ("LMP", "Energy", "Congestion", "Loss")
RT: Final = dict(zip(LMP, (S.RT_LMP, *RT_PARTS), strict=True))
DAM: Final = dict(zip(LMP, (S.DAM_SPP, *DAM_PARTS), strict=True))
DAM_AS: Final = {"": S.DAM_AS}
MIX: Final = {"": S.GENERATION}
LOAD: Final = {"Load": S.LOAD}
LOADS: Final = {"": S.LOAD}
AHEAD: Final = {"Load Forecast": S.LOAD_FORECAST}
AHEADS: Final = {"": S.LOAD_FORECAST}
# Asked for all nodes, CAISO gives one hour and PJM sixty pages a day; `get_lmp` takes names
RT_NAMED: Final = {"market": "REAL_TIME_5_MIN"}
DAM_NAMED: Final = {"market": "DAY_AHEAD_HOURLY"}


def _rt(market: str, rule: Rule, method: str = "get_lmp_real_time_5_min") -> Feed:
    return Feed(market, "rt-lmp", method, RT, rule, "Location")


def _dam(market: str, clock: str, method: str = "get_lmp_day_ahead_hourly") -> Feed:
    """Day-ahead prices, published at `clock` of the day before."""
    return Feed(market, "dam-lmp", method, DAM, on_eve(clock), "Location")


FEEDS: Final = (
    _rt("CAISO", after(10), "get_lmp")._replace(options=RT_NAMED, named=by_name, hours=True),
    _dam("CAISO", "14:00", "get_lmp")._replace(options=DAM_NAMED, named=by_name, hours=True),
    Feed("CAISO", "dam-as", "get_as_prices", DAM_AS, on_eve("14:00"), "Region", hours=True),
    Feed("CAISO", "load", "get_load", LOAD, after(30)),
    Feed("CAISO", "load-forecast", "get_load_forecast_day_ahead", AHEAD, on_eve("10:30"),
         "TAC Area Name", whole="CA ISO-TAC", hours=True),
    Feed("CAISO", "mix", "get_fuel_mix", MIX, after(30)),
    _rt("NYISO", after(10)),
    _dam("NYISO", "11:00"),
    Feed("NYISO", "dam-as", "get_as_prices_day_ahead_hourly", DAM_AS, on_eve("11:00"), "Zone"),
    Feed("NYISO", "load", "get_load", LOADS, after(30), whole="Load"),
    Feed("NYISO", "load-forecast", "get_load_forecast", AHEAD, as_published("Forecast Time", 600)),
    Feed("NYISO", "mix", "get_fuel_mix", MIX, after(30)),
    _rt("ISONE", after(30)),
    _dam("ISONE", "14:00"),
    Feed("ISONE", "load", "get_load", LOAD, after(30)),
    Feed("ISONE", "load-forecast", "get_load_forecast", AHEAD, as_published("Forecast Time")),
    Feed("ISONE", "mix", "get_fuel_mix", MIX, after(60)),
    Feed("PJM", "rt-lmp", "get_lmp", RT, after(30), "Location Name", RT_NAMED, named=pjm_ids),
    Feed("PJM", "dam-lmp", "get_lmp", DAM, on_eve("14:30"), "Location Name", DAM_NAMED,
         named=pjm_ids),
    Feed("PJM", "load", "get_load", LOAD, after(30), keeps=29, older=Feed(
         "PJM", "load", "get_load_metered_hourly", {"MW": S.LOAD}, after(30), "Load Area",
         whole="RTO")),
    Feed("PJM", "load-forecast", "get_load_forecast_historical", AHEADS,
         as_published("Publish Time", 30, early=timedelta(days=7)), whole="RTO_COMBINED"),
    Feed("PJM", "mix", "get_fuel_mix", MIX, after(120)),
    # the final prices of a week are out two weeks after it began
    _rt("MISO", after(15))._replace(keeps=1, heals=timedelta(days=21), older=_rt(
        "MISO", after(15), "get_lmp_real_time_5_min_final")),
    _dam("MISO", "14:30"),
    Feed("MISO", "load", "get_zonal_load_hourly", LOADS, after(48 * 60, 2 * DAY)),
    Feed("MISO", "load-forecast", "get_load_forecast", AHEADS, as_published("Publish Time", 360),
         whole="MISO MTLF"),
    Feed("MISO", "mix", "get_fuel_mix", MIX, after(30), keeps=1),
    Feed("SPP", "rt-lmp", "get_lmp_real_time_5_min_by_location", RT, after(26 * 60, 2 * DAY),
         "Location", {"use_daily_files": True}),
    _dam("SPP", "14:30"),
    Feed("SPP", "load", "get_load_by_baa_hourly", LOAD, after(120), "BAA"),
    Feed("SPP", "load-forecast", "get_load_forecast_by_baa", AHEAD, as_published("Publish Time"),
         "BAA"),
    Feed("SPP", "mix", "get_fuel_mix", MIX, after(30), keeps=364),
)  # fmt: skip

SOURCES: Final = tuple(feed_source(feed) for feed in FEEDS)
