"""Henry Hub spot price of the EIA, where EIA_API_KEY is given; public domain."""

import os
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import observation_frame, stamped
from rtlmp.sources.base.web import Request, fetch, read_json

KEY: Final = "EIA_API_KEY"
SERIES: Final = "RNGWHHD"
DELAY: Final = pd.Timedelta(days=8)  # daily prices come out once a week


def henry_hub(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """A price each trading day of [start, end)."""
    first, last = f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"
    key, daily = {"api_key": os.environ[KEY]}, {"frequency": "daily", "data[0]": "value"}
    params = {**key, **daily, "facets[series][]": SERIES, "start": first, "end": last}
    path, remedy = "/v2/natural-gas/pri/fut/data/", f"check {KEY}, or try again later"
    request = Request(f"EIA {SERIES} {first}", "gas", path, params, remedy=remedy)
    data = fetch(tools.client, request, lambda body: read_json(body, "response", "data"))
    rows = pd.DataFrame(data, columns=["period", "value"])
    day = pd.to_datetime(rows["period"], format="%Y-%m-%d", utc=True)
    made = observation_frame(SeriesName.GAS_PRICE, "HENRY_HUB", day, day + DELAY, rows["value"])
    return stamped(made[made[Observations.valid_time] < end].dropna())


SOURCES: Final = (
    Source(
        "eia-henry-hub",
        "",
        (SeriesName.GAS_PRICE,),
        henry_hub,
        span=timedelta(days=28),
        published="rule: 8 days after, or when first seen",
        origin="U.S. Energy Information Administration, public domain",
        fresh=timedelta(days=12),
        late=timedelta(days=14),
        whole=False,
        needs=(KEY,),
    ),
)
