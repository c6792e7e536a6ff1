"""A thousand synthetic nodes as stored data, and the config that forecasts them.

`build` writes FOLDER/data/*.parquet, a file a series and month in the format of `source: files`,
and FOLDER/thousand.yaml. Weather, load and the grid are those of the embedded world; the nodes of a
zone are alike but for congestion of their own. Two years of 5-minute prices are 221 million rows.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from rtlmp.asof.vintages import Floats, Ints, VintageRows, save_observations
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.synthetic.price import RUNS, Trait, day_ahead_price, margin, price, run_noise
from rtlmp.sources.synthetic.publication import DAY_AHEAD, MarketDays, published_series
from rtlmp.sources.synthetic.weather import Weather, calendar, generator, weather, within_days
from tests.helpers.build import series_rows

ZONES: Final = ("COAST", "EAST", "FAR_WEST", "NORTH", "NORTH_C", "SOUTH", "SOUTH_C", "WEST")
START, END, SEED = date(2023, 1, 1), date(2025, 1, 20), 7
US: Final = 1_000_000
Numbers: TypeAlias = npt.NDArray[Any]


def settings(folder: Path, nodes: int) -> dict[str, object]:
    """What differs from config.yaml."""
    pools = {zone: [f"{zone}_{k:03d}" for k in range(n)] for zone, n in _sizes(nodes)}
    return {
        "run": f"nodes-{nodes}",
        "source": "files",
        "data_dir": str(folder / "data"),
        "nodes": [node for of in pools.values() for node in of],
        "pools": pools,
        "max_train_rows": 150_000,  # of a pool's 6.5 million: two nodes a zone and issue date
        "figures": [of[0] for of in pools.values()],
    }


def build(folder: Path, nodes: int) -> None:
    """The data, then the config that reads them."""
    config = settings(folder, nodes)
    tz = MARKETS["ERCOT"].tz
    window = MarketDays(START, END, tz, calendar(START, END, tz))
    state = weather(window.hours, SEED)
    none = {"": margin(state, Trait(0, 0, 0))}  # the nodes' own prices come below
    for q, of in published_series(window, state, none, SEED).items():
        if q not in (SeriesName.RT_LMP, SeriesName.RT_SPP, SeriesName.DAM_SPP):
            published = of[Observations.publish_time].to_numpy("datetime64[us]")
            for month, rows in of.groupby(published.astype("datetime64[M]").astype(str)):
                save_observations({q: series_rows(rows)}, _path(folder, q, str(month)))
    came, ahead = _nodes(window, state, config["pools"])  # type: ignore[arg-type]
    _write(folder, SeriesName.DAM_SPP, _day_ahead(window, ahead), config["nodes"])  # type: ignore[arg-type]
    _write(folder, SeriesName.RT_LMP, _runs(window, came), config["nodes"])  # type: ignore[arg-type]
    (folder / "thousand.yaml").write_text(yaml.safe_dump(config, sort_keys=False, width=100))


def _sizes(nodes: int) -> Iterator[tuple[str, int]]:
    whole, rest = divmod(nodes, len(ZONES))
    return ((zone, whole + (k < rest)) for k, zone in enumerate(ZONES))


def _nodes(
    window: MarketDays, state: Weather, pools: dict[str, list[str]]
) -> tuple[Floats, Floats]:
    """Margin that came and day-ahead price: (nodes, hours) each."""
    came, ahead = [], []
    for zone, nodes in pools.items():
        wind, offset = generator(SEED, f"zone {zone}").random(2)
        for node in nodes:
            own = generator(SEED, f"congestion {node}")
            public = margin(state, Trait(0.5 * wind - 0.1, offset - 0.5 + 0.2 * own.random(), 0.6))
            (local,) = within_days(own, window.hours, 1)
            came.append(public.known[0] + public.local_sd * local)
            ahead.append(day_ahead_price(public, node, SEED))
    return np.array(came), np.array(ahead)


def _day_ahead(window: MarketDays, ahead: Floats) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Publication, start and prices (rows, nodes) of the day-ahead hours, by month."""
    cleared = window.hours.day <= window.length
    publish = _us(window.instants(DAY_AHEAD, after=-1)[window.hours.day][cleared])
    yield from _monthly(publish, _us(window.hours.start[cleared]), ahead[:, cleared].T)


def _runs(window: MarketDays, came: Floats) -> Iterator[tuple[Ints, Ints, Floats]]:
    """The same of the twelve SCED runs an hour."""
    past = window.hours.day < window.length
    hour, noise = _us(window.hours.start[past]), run_noise(window.hours, SEED)[past]
    late = generator(SEED, "seconds late").integers(8, 40, noise.shape)
    valid = hour[:, None] + (300 * np.arange(RUNS) + late) * US
    for _, _, at in _monthly(hour, hour, np.flatnonzero(past)):
        here = at - at[0] + np.searchsorted(np.flatnonzero(past), at[0])
        gw = came[:, at].T[:, None, :] + noise[here][..., None]  # (hours, runs, nodes)
        values = np.round(price(gw), 2).reshape(-1, len(came))
        yield valid[here].ravel() + 60 * US, valid[here].ravel(), values


def _monthly(publish: Ints, valid: Ints, values: Numbers) -> Iterator[tuple[Ints, Ints, Numbers]]:
    month = publish.astype("datetime64[us]").astype("datetime64[M]")
    for one in np.unique(month):
        of = np.flatnonzero(month == one)
        yield publish[of], valid[of], values[of]


def _write(
    folder: Path, q: SeriesName, months: Iterator[tuple[Ints, Ints, Floats]], nodes: list[str]
) -> None:
    for publish, valid, values in months:
        column = np.tile(np.arange(len(nodes)), len(publish))
        published, began = (of.repeat(len(nodes)) for of in (publish, valid))
        month = str(publish[0].astype("datetime64[us]").astype("datetime64[M]"))
        rows = VintageRows(published, began, column, values.ravel())
        save_observations({q: (rows, nodes)}, _path(folder, q, month))
        print(q, month, f"{len(rows.value):,} rows", flush=True)


def _path(folder: Path, q: SeriesName, month: str) -> Path:
    return folder / "data" / f"{q}_{month}.parquet"


def _us(times: pd.DatetimeIndex) -> Ints:
    return times.to_numpy("datetime64[us]").astype(np.int64)
