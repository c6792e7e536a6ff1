"""Vintages: what a call or a posting adds to what is known, and since when."""

from datetime import datetime
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import UTC_DTYPE, Observations

Times: TypeAlias = "pd.Series[pd.Timestamp]"
KEY: Final = [Observations.series, Observations.location, Observations.valid_time]


def distinct_vintages(rows: pd.DataFrame) -> DataFrame[Observations]:
    """`rows` without repetitions: a value said again is no new vintage, a changed one is.

    Two values of one instant are told apart by a microsecond, in the order of `rows`.
    """
    publish = Observations.publish_time
    rows = rows.sort_values([*KEY, publish], ignore_index=True)  # ties keep the order of `rows`
    value = rows[Observations.value]
    rows = rows[~(rows.duplicated(KEY) & (value == value.shift()))]
    nth = rows.groupby([*KEY, publish]).cumcount().astype("timedelta64[us]")
    made = rows.assign(**{publish: rows[publish] + nth})
    return cast("DataFrame[Observations]", made.sort_values([publish, *KEY], ignore_index=True))


def observation_frame(
    series: SeriesName, location: str, valid: Times, publish: Times, value: "pd.Series[Any]"
) -> pd.DataFrame:
    """Observations of one series at one location, not checked yet; `value` may be texts."""
    numbers = pd.to_numeric(value).astype(float)
    if (endless := np.isinf(numbers)).any():
        raise ValueError(
            f"{series} at {location}: {numbers[endless].iloc[0]} at {valid[endless].iloc[0]}"
        )
    columns = {
        Observations.series: series.value,
        Observations.location: location,
        Observations.valid_time: valid,
        Observations.publish_time: publish,
        Observations.value: numbers,
    }
    return pd.DataFrame(columns)


def at_clock(valid: Times, tz: str, days: int, clock: str) -> Times:
    """A local clock time so many days after that of delivery."""
    day = valid.dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
    local = day + pd.Timedelta(days=days) + pd.Timedelta(f"{clock}:00")
    return local.dt.tz_localize(tz).dt.tz_convert("UTC").dt.as_unit("us")


def stamped(rows: pd.DataFrame) -> DataFrame[Observations]:
    """`rows` with their times in the unit of the tables, checked."""
    times = (Observations.valid_time, Observations.publish_time)
    return Observations.validate(
        rows.astype(dict.fromkeys(times, UTC_DTYPE)).reset_index(drop=True)
    )


def first_seen(
    rows: pd.DataFrame, earlier: pd.DataFrame, before: datetime | None, at: datetime
) -> pd.DataFrame:
    """What a call made `at` says that no `earlier` one did, published when it can have been.

    The source's rule holds for a value seen in time; one that was not there `before`, when the
    rule had it public, and one that changed, became public `at`.
    """
    latest = earlier.drop_duplicates(KEY, keep="last")[[*KEY, Observations.value]]
    both = rows.merge(latest, on=KEY, how="left", suffixes=("", "_earlier"))
    value = both[f"{Observations.value}_earlier"]
    rule = both[Observations.publish_time]
    late = value.notna() | (False if before is None else rule <= before)
    publish = rule.mask(late | (rule > at), pd.Timestamp(at)).dt.as_unit("us")
    new = value.isna() | (value != both[Observations.value])
    return both.assign(**{Observations.publish_time: publish})[rows.columns][new]


def not_seen_before(
    rows: pd.DataFrame, earlier: pd.DataFrame, _: datetime | None, at: datetime
) -> pd.DataFrame:
    """Vintages whose time of publication is known, and which no `earlier` call saw.

    A vintage is what it was when first read: an archive that changes it later changes nothing.
    """
    keys = [*KEY, Observations.publish_time]
    public = rows[rows[Observations.publish_time] <= at]
    known, seen = (pd.MultiIndex.from_frame(table[keys]) for table in (public, earlier))
    return public[~known.isin(seen)]


def unsaid(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """`rows` of intervals of which `others` say nothing."""
    others = others[others[Observations.series].isin(rows[Observations.series].unique())]
    said, keys = (pd.MultiIndex.from_frame(table[KEY]) for table in (others, rows))
    return rows[~keys.isin(said)]
