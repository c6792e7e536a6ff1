"""Issue times and horizons keep to the local clock; every day has one model."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtlmp.clock import RETRAIN_EPOCH, days, deadline, horizon_start, issue_time, model_date
from rtlmp.config import parse_config
from tests.helpers.build import settings


def test_issue_times_follow_the_local_clock_across_both_changes():
    config = parse_config(settings())
    utc_hours = [
        issue_time(config, date.fromisoformat(d)).hour
        for d in ("2024-03-09", "2024-03-10", "2024-11-02", "2024-11-03")
    ]
    assert utc_hours == [16, 15, 15, 16]
    assert horizon_start(config, date(2024, 3, 9)).isoformat() == "2024-03-10T06:00:00+00:00"
    assert horizon_start(config, date(2024, 3, 10)).isoformat() == "2024-03-11T05:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "clock", "first"),
    [
        ("2024-08-20", "13:56", "2024-08-20T19:00:00+00:00"),
        ("2024-08-20", "14:00", "2024-08-20T20:00:00+00:00"),
        ("2024-08-20", "23:30", "2024-08-21T05:00:00+00:00"),
        ("2024-03-10", "01:30", "2024-03-10T08:00:00+00:00"),
        ("2024-11-03", "01:30", "2024-11-03T07:00:00+00:00"),
    ],
)
def test_the_next_hour_is_the_full_one_after_issue_time_and_late_begins_with_it(day, clock, first):
    config = parse_config(settings(issue_time=clock, horizon="next_hour"))
    issued = date.fromisoformat(day)
    assert horizon_start(config, issued).isoformat() == first
    assert deadline(config, issued) == horizon_start(config, issued)
    assert deadline({**config, "horizon": "next_midnight"}, issued).hour in (15, 16)  # 10:00 local


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_a_model_serves_its_own_day_and_the_next_ones(day, every):
    served_by = model_date(day, every)
    assert 0 <= (day - served_by).days < every
    assert model_date(served_by, every) == served_by
    assert (served_by - RETRAIN_EPOCH).days % every == 0
    assert len({model_date(d, every) for d in days(day, day + timedelta(days=every - 1))}) <= 2
