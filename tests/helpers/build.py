"""Small tables for tests, built in code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from pandera.typing import DataFrame

from rtlmp.asof import vintages as archive
from rtlmp.asof.hourly import hourly_vintages
from rtlmp.asof.vintages import SeriesRows, VintageRows
from rtlmp.catalog import BY_NAME, SeriesName
from rtlmp.schemas.core import UTC_DTYPE, Observations
from rtlmp.sources.files.months import read_months

ROOT = Path(__file__).parents[2]


def utc(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def observations(
    series: SeriesName, location: str, valid: Any, publish: Any, value: Sequence[float] | np.ndarray
) -> DataFrame[Observations]:
    made = pd.DataFrame(
        {
            Observations.valid_time: pd.Series(valid).astype(UTC_DTYPE),
            Observations.series: series.value,
            Observations.location: location,
            Observations.publish_time: pd.Series(publish).astype(UTC_DTYPE),
            Observations.value: np.asarray(value, dtype=float),
        }
    )
    return Observations.validate(made)


def five_minutes(start: str, prices: Sequence[float], location: str = "N") -> pd.DataFrame:
    """SCED runs from `start`, 12 s after each round five minutes, published a minute later."""
    valid = pd.date_range(utc(start), periods=len(prices), freq="5min") + pd.Timedelta("12s")
    return observations(SeriesName.RT_LMP, location, valid, valid + pd.Timedelta("1min"), prices)


def series_rows(rows: pd.DataFrame) -> SeriesRows:
    """Observations of one series as arrays."""
    column, locations = pd.factorize(rows[Observations.location], sort=True)
    publish = rows[Observations.publish_time].to_numpy("datetime64[us]").astype(np.int64)
    valid = rows[Observations.valid_time].to_numpy("datetime64[us]").astype(np.int64)
    values = rows[Observations.value].to_numpy(np.float64)
    return VintageRows(publish, valid, column, values), list(locations)


def archive_of_frames(tables: Sequence[pd.DataFrame]) -> archive.Archive:
    """Hourly observations as `read_archive` would have them."""
    if not tables:
        return archive.index_vintages({})
    by_name = pd.concat(tables, ignore_index=True).groupby(Observations.series, sort=False)
    return archive.index_vintages({BY_NAME[str(q)]: series_rows(of) for q, of in by_name})


def hourly_prices(prices: pd.DataFrame) -> archive.Archive:
    """What is known of the real-time price by the hour."""
    rows, locations = series_rows(prices)
    series = BY_NAME[prices[Observations.series].iloc[0]]
    return {
        q: archive.arrange_vintages(of, locations)
        for q, of in hourly_vintages(rows, series).items()
    }


def hourly_noise(
    series: SeriesName, location: str, start: str, days: int, seed: int
) -> pd.DataFrame:
    """Random hourly values, published five minutes after their hour."""
    valid = pd.date_range(utc(start), periods=24 * days, freq="h")
    value = 30 * np.random.default_rng(seed).lognormal(0, 1.2, len(valid))
    return observations(series, location, valid, valid + pd.Timedelta("65min"), value)


def hourly_targets(nodes: Sequence[str], start: str, days: int, seed: int) -> pd.DataFrame:
    """Random highest and mean prices of whole hours; the seed counts up by node."""
    parts = []
    for seed_, node in enumerate(nodes, seed):
        highest = hourly_noise(SeriesName.RT_MAX, node, start, days, seed_)
        parts += [highest, highest.assign(series=SeriesName.RT_MEAN.value)]
        parts += [highest.assign(series=SeriesName.RT_COVERAGE.value, value=1.0)]
    return pd.concat(parts, ignore_index=True)


def vintages(series: SeriesName, location: str, start: str, days: int, seed: int) -> pd.DataFrame:
    """A forecast a day at 14:00 UTC of the following 120 hours."""
    rng = np.random.default_rng(seed)
    parts = [
        observations(
            series,
            location,
            pd.date_range(day.floor("h"), periods=120, freq="h"),
            [day] * 120,
            1e3 * rng.uniform(1, 9, 120),
        )
        for day in pd.date_range(utc(start) + pd.Timedelta("14h"), periods=days, freq="D")
    ]
    return pd.concat(parts, ignore_index=True)


def read_frames(paths: Sequence[Path]) -> dict[SeriesName, pd.DataFrame]:
    """Observations in files, checked, a table a series."""
    parts: dict[SeriesName, list[pd.DataFrame]] = {}
    for q, _, part_ in read_months(paths):
        parts.setdefault(q, []).append(archive.observation_table(q, *part_).to_pandas())
    return {q: Observations.validate(pd.concat(of, ignore_index=True)) for q, of in parts.items()}


def settings(**change: Any) -> dict[str, Any]:
    """The repo's config.yaml, but one member, with changes; a dict changes only its own keys."""
    raw: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text()) | {"members": [{}]}
    return {**raw, **{k: {**raw[k], **v} if isinstance(v, dict) else v for k, v in change.items()}}
