"""A live forecast is late by when its rows were first there, not by when they were made again."""

from datetime import timedelta

import pytest

from rtlmp.clock import deadline, gate_closure
from rtlmp.report.daily import warnings
from rtlmp.report.sheet import sheet
from rtlmp.schemas.core import Flagged
from rtlmp.sources.freshness import flag_late
from tests.sources.test_freshness import DAY, config_of, forecast, issued

CONFIG = config_of("live")
CLOSES = gate_closure(CONFIG, DAY)


def test_the_gate_of_ercot_closes_at_ten_central():
    assert CLOSES.isoformat() == "2026-10-02T15:00:00+00:00"


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (0, False), (1, True)])
def test_a_forecast_after_gate_closure_says_so_in_file_sheet_and_page(tmp_path, minutes, late):
    now = CLOSES + timedelta(minutes=minutes)
    rows = flag_late(forecast(CONFIG), CLOSES, tmp_path / "made.json", now)
    assert set(rows[Flagged.late]) == {late}
    assert set(sheet(rows, "America/Chicago")[Flagged.late]) == {late}
    of = issued(CONFIG, tmp_path, 1, "live")._replace(forecast=rows)
    said = [text for text in warnings(of, CONFIG) if "late: first made after" in text]
    assert bool(said) == late


def test_the_same_rows_made_again_are_not_late_but_others_are(tmp_path):
    """Yesterday's forecast is made again each morning, to the same rows."""
    ledger, tomorrow = tmp_path / "made.json", CLOSES + timedelta(days=1)
    rows = forecast(CONFIG)
    first = flag_late(rows, CLOSES, ledger, CLOSES - timedelta(minutes=3))
    again = flag_late(rows, CLOSES, ledger, tomorrow)
    assert first.equals(again)
    assert not again[Flagged.late].any()
    changed = rows.assign(probability=0.2)
    assert flag_late(changed, CLOSES, ledger, tomorrow)[Flagged.late].all()


def test_a_horizon_that_begins_at_once_is_late_when_its_first_hour_has_begun(tmp_path):
    config = {**CONFIG, "issue_time": "13:56", "horizon": "next_hour"}
    due = deadline(config, DAY)
    rows = flag_late(forecast(config), due, tmp_path / "made.json", due + timedelta(minutes=1))
    of = issued(config, tmp_path, 1, "live")._replace(forecast=rows)
    assert "late: first made after its first hour began at 14:00 local time" in warnings(of, config)
