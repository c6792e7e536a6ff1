"""Henry Hub spot price of the EIA, where EIA_API_KEY is given; public domain."""

import json
import os
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations, no_observations
from rtlmp.sources.base.interface import Source, Tools
from rtlmp.sources.base.vintages import stamped
from rtlmp.sources.base.web import Request, UnreadableError, fetch

KEY: Final = "EIA_API_KEY"
SERIES: Final = "RNGWHHD"
DELAY: Final = pd.Timedelta(days=8)  # daily prices come out once a week


def henry_hub(start: datetime, end: datetime, tools: Tools) -> DataFrame[Observations]:
    """A price each trading day of [start, end)."""
    ask = Request(
        f"EIA {SERIES} {start:%Y-%m-%d}",
        "gas",
        f"{tools.live['hosts']['gas']['url']}/v2/natural-gas/pri/fut/data/",
        {
            "api_key": os.environ[KEY],
            "frequency": "daily",
            "data[0]": "value",
            "facets[series][]": SERIES,
            "start": f"{start:%Y-%m-%d}",
            "end": f"{end:%Y-%m-%d}",
        },
        remedy=f"check {KEY}, or try again later",
    )
    data = fetch(tools.client, ask, _data)
    if not data:
        return no_observations()
    rows = pd.DataFrame(data)
    day = pd.to_datetime(rows["period"], format="%Y-%m-%d", utc=True)
    columns = {
        Observations.series: SeriesName.GAS_PRICE.value,
        Observations.location: "HENRY_HUB",
        Observations.valid_time: day,
        Observations.publish_time: day + DELAY,
        Observations.value: pd.to_numeric(rows["value"]).astype(float),
    }
    made = pd.DataFrame(columns).dropna()
    return stamped(made[made[Observations.valid_time] < end])


def _data(body: bytes) -> list[dict[str, str]]:
    try:
        found = json.loads(body)
        return list(found["response"]["data"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"not the EIA's answer but {body[:80]!r}") from error


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
