"""The promises of the one door, for any data."""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from rtlmp.asof.view import known_frame, view
from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.clock import HORIZON_HOURS
from rtlmp.schemas.core import Observations
from tests.helpers.build import archive_of_frames, observations, utc

T0 = utc("2026-01-01")
HOURS = pd.date_range(T0, periods=48, freq="h")
valid_hours = st.integers(0, 47).map(lambda h: T0 + pd.Timedelta(hours=h))
minutes = st.integers(0, 48 * 12).map(lambda m: T0 + pd.Timedelta(minutes=5 * m))


@st.composite
def tables(draw):
    keys = draw(
        st.lists(
            st.tuples(valid_hours, minutes, st.sampled_from("AB")),
            unique=True,
            min_size=1,
            max_size=40,
        )
    )
    floats = st.floats(-250, 5000)
    values = draw(st.lists(floats, min_size=len(keys), max_size=len(keys)))
    valid, publish, location = zip(*keys, strict=True)
    made = observations(SeriesName.LOAD, "A", valid, publish, values)
    return made.assign(**{Observations.location: location})


@given(tables(), minutes)
@settings(deadline=None, max_examples=80)
def test_the_future_cannot_change_the_answer(table, at):
    later = table[Observations.publish_time] > at
    poisoned = table.assign(**{Observations.value: table[Observations.value].mask(later, 1e9)})
    got, want = (
        known_frame(archive_of_frames([t])[SeriesName.LOAD], at, HOURS) for t in (poisoned, table)
    )
    pd.testing.assert_frame_equal(got, want)


@given(tables(), minutes)
@settings(deadline=None, max_examples=80)
def test_it_is_the_last_published_of_each_hour(table, at):
    got = known_frame(archive_of_frames([table])[SeriesName.LOAD], at, HOURS)
    for place in got:
        for hour in HOURS:
            seen = table[
                (table[Observations.location] == place)
                & (table[Observations.valid_time] == hour)
                & (table[Observations.publish_time] <= at)
            ].sort_values(Observations.publish_time)
            want = seen[Observations.value].iloc[-1] if len(seen) else np.nan
            np.testing.assert_equal(got.loc[hour, place], want)


def test_a_reader_refuses_to_look_ahead():
    table = observations(SeriesName.LOAD, "ERCOT", [T0], [T0], [1.0])
    seen = view(archive_of_frames([table]), T0, T0, MARKETS["ERCOT"], pd.Index(["N"]))
    with pytest.raises(ValueError, match="after issue time"):
        seen.read(SeriesName.LOAD, -pd.Timedelta("1h"))


@pytest.mark.parametrize("day", ["2024-03-10 06:00", "2024-11-03 05:00", "2024-08-21 05:00"])
def test_a_view_always_has_72_consecutive_hours(day):
    table = observations(SeriesName.LOAD, "ERCOT", [T0], [T0], [1.0])
    start = utc(day)
    seen = view(
        archive_of_frames([table]),
        start - pd.Timedelta("14h"),
        start,
        MARKETS["ERCOT"],
        pd.Index([]),
    )
    assert len(seen.valid_time) == HORIZON_HOURS
    assert (np.diff(seen.valid_time) == np.timedelta64(1, "h")).all()
    assert seen.local[0].hour == 0
