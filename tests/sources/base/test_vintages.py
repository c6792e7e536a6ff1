"""Vintages: corrections, repetitions, late values, and the clocks that name them."""

import pandas as pd

from rtlmp.catalog import SeriesName
from rtlmp.schemas.core import Observations
from rtlmp.sources.base.vintages import distinct_vintages, first_seen
from rtlmp.sources.ercot.times import published_in_order, to_utc
from tests.helpers.build import observations, utc

VALID, PUBLISH, VALUE = Observations.valid_time, Observations.publish_time, Observations.value


def test_a_correction_is_a_new_vintage_and_a_repetition_is_none():
    hour, out = (
        utc("2026-10-01 12:00"),
        pd.DatetimeIndex([utc(f"2026-10-01 1{k}:55") for k in (3, 4, 5)]),
    )
    said = observations(SeriesName.WIND, "ERCOT", [hour] * 3, out, [5.0, 5.0, 7.0])
    rows = distinct_vintages(said)
    assert list(rows[PUBLISH]) == [out[0], out[2]]
    assert list(rows[VALUE]) == [5.0, 7.0]


def test_two_values_of_one_instant_are_both_kept_in_the_order_they_came():
    hour, out = utc("2026-10-01 12:00"), utc("2026-10-01 13:55")
    one = observations(SeriesName.LOAD, "A", [hour], [out], [1.0])
    rows = distinct_vintages(pd.concat([one, one, one.assign(**{VALUE: 2.0})]))
    assert list(rows[VALUE]) == [1.0, 2.0]
    assert rows[PUBLISH].is_unique


def test_what_a_later_call_changes_is_published_when_it_is_seen():
    hours = pd.date_range(utc("2026-10-01 00:00"), periods=4, freq="h")
    rule = hours + pd.Timedelta("90min")
    rows = observations(SeriesName.LOAD, "CAISO", hours, rule, [1.0, 2.0, 3.0, 4.0])
    first = utc("2026-10-01 03:45")
    early = first_seen(rows.iloc[:2], rows.iloc[:0], None, first)
    assert list(early[PUBLISH]) == list(rule[:2])
    again = utc("2026-10-02 00:00")
    later = first_seen(rows.assign(**{VALUE: [1.0, 9.0, 3.0, 4.0]}), early, first, again)
    # changed, absent though the rule had it public, and in time
    assert list(later[VALUE]) == [9.0, 3.0, 4.0]
    assert list(later[PUBLISH]) == [again, again, rule[3]]


def test_the_clock_is_not_seen_before_it_is_public():
    rows = observations(
        SeriesName.GAS_PRICE, "HENRY_HUB", [utc("2026-10-01")], [utc("2026-10-09")], [3.0]
    )
    seen = utc("2026-10-02 15:00")
    assert list(first_seen(rows, rows.iloc[:0], None, seen)[PUBLISH]) == [seen]


def test_an_hour_that_the_clock_skips_is_left_out_and_said(caplog):
    local = pd.Series(pd.to_datetime(["2026-03-08 01:00", "2026-03-08 02:00", "2026-03-08 03:00"]))
    found = to_utc(local, pd.Series([False] * 3), "np4-732-cd wind")
    assert list(found.isna()) == [False, True, False]
    assert found[0] + pd.Timedelta("1h") == found[2]
    assert "np4-732-cd wind: 1 rows of 2026-03-08 02:00:00" in caplog.text


def test_a_flag_on_the_hour_after_the_repeated_one_is_taken_back():
    local = pd.Series(pd.to_datetime(["2025-11-02 01:00", "2025-11-02 02:00", "2025-11-02 02:00"]))
    found = to_utc(local, pd.Series([False, True, False]), "np4-722-cd")
    assert list(found) == list(pd.date_range(utc("2025-11-02 06:00"), periods=3, freq="h"))


def test_postings_of_the_repeated_hour_are_told_apart_by_their_order():
    texts = [
        "2026-11-01T00:55:12",
        "2026-11-01T01:55:12",
        "2026-11-01T01:55:12",
        "2026-11-01T02:55:12",
    ]
    found = published_in_order(texts, [""] * 4)
    assert [f"{t:%H:%M}" for t in found] == ["05:55", "06:55", "07:55", "08:55"]
    alone = published_in_order(texts[1:2], [""])
    assert f"{alone[0]:%H:%M}" == "07:55"  # late rather than early
