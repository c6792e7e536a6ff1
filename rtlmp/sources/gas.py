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
from rtlmp.sources.base.web import Request, UnreadableError, fetch, read_json

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
    made = fetch(tools.client, request, _prices)
    return stamped(made[made[Observations.valid_time] < end].dropna())


def _prices(body: bytes) -> pd.DataFrame:
    data = read_json(body, "response", "data")
    keys = ("period", "value")
    day, value = (pd.Series([row[key] for row in data], dtype=object) for key in keys)
    if len(wrong := day[~day.map(str).str.fullmatch(r"\d{4}-\d\d-\d\d")]):
        raise UnreadableError(f"EIA {SERIES}: row {wrong.index[0]}: period is {wrong.iloc[0]!r}")
    if len(again := day[day.duplicated()]):
        raise UnreadableError(f"EIA {SERIES}: row {again.index[0]}: {again.iloc[0]} a second time")
    at = pd.to_datetime(day, format="%Y-%m-%d", utc=True)
    return observation_frame(SeriesName.GAS_PRICE, "HENRY_HUB", at, at + DELAY, value)


SOURCES: Final = (
    Source("eia-henry-hub", "", (SeriesName.GAS_PRICE,), henry_hub, span=timedelta(days=28),
           published="rule: 8 days after, or when first seen",
           origin="U.S. Energy Information Administration, public domain",
           fresh=timedelta(days=12), late=timedelta(days=14), whole=False, needs=(KEY,)),
)  # fmt: skip
