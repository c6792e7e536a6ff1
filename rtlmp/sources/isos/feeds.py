"""The tables of the other markets; a new one is one row. Times of publication: see `isos`."""

from datetime import timedelta
from typing import Final

from rtlmp.catalog import SeriesName as S
from rtlmp.sources.isos.gridstatus_tables import (
    DAM,
    RT,
    Feed,
    after,
    as_published,
    day_before,
    source_of,
)

MIX: Final = {"": S.GENERATION}
LOAD: Final = {"Load": S.LOAD}
AHEAD: Final = {"Load Forecast": S.LOAD_FORECAST}
EVE: Final = timedelta(hours=36)  # day-ahead results come before their day
DAY: Final = timedelta(hours=30)  # once a day, and some

FEEDS: Final = (
    Feed("CAISO", "rt-lmp", "get_lmp_real_time_5_min", RT, after(10), "Location"),
    Feed("CAISO", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("14:00"), "Location",
         early=EVE, fresh=DAY),
    Feed("CAISO", "dam-as", "get_as_prices", {"": S.DAM_AS}, day_before("14:00"), "Region",
         early=EVE, fresh=DAY),
    Feed("CAISO", "load", "get_load", LOAD, after(30)),
    Feed("CAISO", "load-forecast", "get_load_forecast_day_ahead", AHEAD, day_before("10:30"),
         "TAC Area Name", whole="CA ISO-TAC", early=EVE, fresh=DAY),
    Feed("CAISO", "mix", "get_fuel_mix", MIX, after(30)),
    Feed("NYISO", "rt-lmp", "get_lmp_real_time_5_min", RT, after(10), "Location"),
    Feed("NYISO", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("11:00"), "Location",
         early=EVE, fresh=DAY),
    Feed("NYISO", "dam-as", "get_as_prices_day_ahead_hourly", {"": S.DAM_AS},
         day_before("11:00"), "Zone", early=EVE, fresh=DAY),
    Feed("NYISO", "load", "get_load", {"": S.LOAD}, after(30), whole="Load"),
    Feed("NYISO", "load-forecast", "get_load_forecast", AHEAD, as_published("Forecast Time", 600),
         fresh=DAY),
    Feed("NYISO", "mix", "get_fuel_mix", MIX, after(30)),
    Feed("ISONE", "rt-lmp", "get_lmp_real_time_5_min", RT, after(30), "Location"),
    Feed("ISONE", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("14:00"), "Location",
         early=EVE, fresh=DAY),
    Feed("ISONE", "load", "get_load", LOAD, after(30)),
    Feed("ISONE", "load-forecast", "get_load_forecast", AHEAD, as_published("Forecast Time"),
         fresh=DAY),
    Feed("ISONE", "mix", "get_fuel_mix", MIX, after(60)),
    Feed("PJM", "rt-lmp", "get_lmp_real_time_5_min", RT, after(30), "Location"),
    Feed("PJM", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("14:30"), "Location",
         early=EVE, fresh=DAY),
    Feed("PJM", "load", "get_load", LOAD, after(30)),
    Feed("PJM", "load-forecast", "get_load_forecast_historical", {"": S.LOAD_FORECAST},
         as_published("Publish Time", 30), whole="RTO_COMBINED", early=timedelta(days=7),
         fresh=DAY),
    Feed("PJM", "mix", "get_fuel_mix", MIX, after(120)),
    Feed("MISO", "rt-lmp", "get_lmp_real_time_5_min", RT, after(15), "Location"),
    Feed("MISO", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("14:30"), "Location",
         early=EVE, fresh=DAY),
    Feed("MISO", "load", "get_zonal_load_hourly", {"": S.LOAD}, after(48 * 60), fresh=2 * DAY),
    Feed("MISO", "load-forecast", "get_load_forecast", {"": S.LOAD_FORECAST},
         as_published("Publish Time", 360), whole="MISO MTLF", fresh=DAY),
    Feed("MISO", "mix", "get_fuel_mix", MIX, after(30)),
    Feed("SPP", "rt-lmp", "get_lmp_real_time_5_min_by_location", RT, after(26 * 60), "Location",
         {"use_daily_files": True}, fresh=2 * DAY),
    Feed("SPP", "dam-lmp", "get_lmp_day_ahead_hourly", DAM, day_before("14:30"), "Location",
         early=EVE, fresh=DAY),
    Feed("SPP", "load", "get_load_by_baa_hourly", LOAD, after(120), "BAA"),
    Feed("SPP", "load-forecast", "get_load_forecast_by_baa", AHEAD,
         as_published("Publish Time"), "BAA", fresh=DAY),
    Feed("SPP", "mix", "get_fuel_mix", MIX, after(30)),
)  # fmt: skip

SOURCES: Final = tuple(source_of(feed) for feed in FEEDS)
