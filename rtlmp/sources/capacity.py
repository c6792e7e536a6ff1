"""Prices of PJM's base residual auctions, as told by the pages that docs/data.md names."""

from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import observation_frame, stamped

# June of: day of the results (2018: end of its month), USD/MW-day by area, where a page says both
RESULTS: Final[dict[int, tuple[str, dict[str, float]]]] = {
    2016: ("2013-05-24", {"RTO": 59.37, "MAAC": 119.13}),
    2017: ("2014-05-23", {"RTO": 120.0}),
    2018: ("2015-08-31", {"RTO": 164.77, "EMAAC": 225.42, "COMED": 215.0}),
    2019: ("2016-05-24", {"RTO": 100.0}),
    2020: ("2017-05-23", {"RTO": 76.53, "MAAC": 86.04, "EMAAC": 187.87, "COMED": 188.12,
                          "DEOK": 130.0}),
    2021: ("2018-05-23", {"RTO": 140.0, "EMAAC": 165.73, "ATSI": 171.33, "COMED": 195.55,
                          "BGE": 200.3, "PSEG": 204.29}),
    2022: ("2021-06-02", {"RTO": 50.0, "MAAC": 95.79}),
    2023: ("2022-06-21", {"RTO": 34.13, "MAAC": 49.49, "EMAAC": 49.49, "BGE": 69.95,
                          "DPL-SOUTH": 69.95, "COMED": 34.13, "DEOK": 34.13}),
    2024: ("2023-02-27", {"RTO": 28.92}),
    2025: ("2024-07-30", {"RTO": 269.92, "DOM": 444.26, "BGE": 466.35}),
    2026: ("2025-07-22", {"RTO": 329.17}),
    2027: ("2025-12-17", {"RTO": 333.44}),
}  # fmt: skip


def auction_results(start: datetime, end: datetime, _: Tools) -> DataFrame[Observations]:
    """A price a local day of delivery, of results that were out by midnight within [start, end)."""
    tables, tz = [pd.DataFrame(no_observations())], MARKETS["PJM"].tz
    for year, (day, areas) in RESULTS.items():
        if start <= (out := pd.Timestamp(day, tz=tz) + pd.DateOffset(days=1)) < end:
            days = pd.date_range(f"{year}-06-01", f"{year + 1}-05-31", tz=tz).tz_convert("UTC")
            for area, usd in areas.items():
                of = pd.DataFrame({"day": days, "out": out.tz_convert("UTC"), "usd": usd})
                columns = (of[name] for name in of)
                tables.append(observation_frame(SeriesName.CAPACITY_PRICE, area, *columns))
    return stamped(pd.concat(tables))


SOURCES: Final = (
    Source("pjm-capacity", "PJM", (SeriesName.CAPACITY_PRICE,), auction_results, timedelta(days=1),
           "rule: midnight after the day of the results", "the press: docs/data.md",
           timedelta(days=3 * 366), stored="postings", whole=False),
)  # fmt: skip
