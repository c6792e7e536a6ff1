"""A node that is a difference knows no more than both of its legs did."""

import pandas as pd
import pytest

from rtlmp.catalog import SeriesName
from rtlmp.io.tables import read_table, write_table
from rtlmp.schemas.core import Observations
from rtlmp.sources.differences import add_differences, differences
from rtlmp.sources.legs import legs, sourced
from tests.helpers.build import observations, utc

A, B, NODE = "HB_WEST", "HB_NORTH", "HB_WEST minus HB_NORTH"
AT = utc("2024-07-01 10:00")
LMP = SeriesName.RT_LMP


def leg(location, *told):
    """Values of one interval and the minutes after which each was published."""
    publish = [AT + pd.Timedelta(minutes=m) for m, _ in told]
    return observations(LMP, location, [AT] * len(told), publish, [value for _, value in told])


def test_a_difference_is_published_when_both_are_known_and_again_at_each_correction():
    rows = pd.concat([leg(A, (1, 30), (90, 35)), leg(B, (3, 20))], ignore_index=True)
    made = differences(rows, [NODE, A, f"{B} minus {A}"])
    of = made[made[Observations.location] == NODE]
    minutes = (of[Observations.publish_time] - AT) // pd.Timedelta(minutes=1)
    assert [*zip(minutes, of[Observations.value], strict=True)] == [(3, 10), (90, 15)]
    mirror = made[made[Observations.location] == f"{B} minus {A}"]
    assert [*mirror[Observations.value]] == [-10, -15]


def test_what_is_published_later_changes_nothing_published_before():
    rows = pd.concat([leg(A, (1, 30), (90, 1e5)), leg(B, (3, 20), (60, -1e5))], ignore_index=True)
    late = rows[Observations.publish_time] > AT + pd.Timedelta("30min")
    early = differences(rows[~late], [NODE])
    made = differences(rows, [NODE])
    assert made.iloc[: len(early)].equals(early)
    assert len(early) == 1


def test_an_interval_without_one_leg_and_a_series_that_is_no_price_have_none(tmp_path):
    load = leg(A, (1, 30)).assign(**{Observations.series: str(SeriesName.LOAD)})
    assert differences(pd.concat([load, leg(B, (1, 3))]), [NODE]).empty
    path = tmp_path / LMP / "2024-07.parquet"
    write_table(Observations, pd.concat([leg(A, (1, 30)), leg(B, (1, 20))]), path)
    for _ in range(2):  # a folder made of such files holds it already
        add_differences([path], [A, NODE])
    held = read_table(Observations, path).set_index(Observations.location)[Observations.value]
    assert held.to_dict() == {A: 30, B: 20, NODE: 10}
    write_table(Observations, leg(A), path)
    add_differences([path], [NODE])
    assert read_table(Observations, path).empty


def test_a_source_is_asked_for_the_legs_and_a_bad_difference_is_refused():
    assert sourced([NODE, "HB_HOUSTON", A]) == ["HB_HOUSTON", B, A]
    assert legs(["MINUS-1", "X.Y - Z"]) == {}
    for bad in (f"{A} minus {A}", f"{A} minus ", f"{A} minus {B} minus C", f"{A}  minus {B}"):
        with pytest.raises(ValueError, match="nodes has"):
            legs([bad])
