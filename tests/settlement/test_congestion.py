"""Basis, CRR and the split by lambda, counted by hand."""

from datetime import date

import pandas as pd
import pytest

from rtlmp.catalog import MARKETS, SeriesName
from rtlmp.settlement.congestion import Congestion, congestion_table
from tests.helpers.build import observations

NODE, DIFFERENCE = "HB_WEST", "HB_WEST minus HB_NORTH"
WINDOW = {"start": date(2024, 7, 1), "end": date(2024, 7, 7)}
KEY = [Congestion.location, Congestion.month, Congestion.block, Congestion.measure]


def hourly(series, location, day_and_night):
    """A week and a day around it, one value by day (hours ending 7 to 22), another by night."""
    local = pd.date_range("2024-06-30", periods=9 * 24, freq="h", tz="America/Chicago")
    value = [day_and_night[0] if 6 <= hour < 22 else day_and_night[1] for hour in local.hour]
    hours = local.tz_convert("UTC")
    return observations(series, location, hours, hours, value)


def made(system_lambda):
    each = {NODE: (30, 20), DIFFERENCE: (-4, 2)}
    real, auction = (
        pd.concat([hourly(q, at, of) for at, of in each.items()], ignore_index=True)
        for q in (SeriesName.RT_LMP, SeriesName.DAM_SPP)
    )
    return congestion_table(real, auction, system_lambda, MARKETS["ERCOT"], WINDOW, 7)


def test_a_crr_sums_its_blocks_hours_and_an_option_pays_no_loss():
    table = made(hourly(SeriesName.SYSTEM_LAMBDA, "ERCOT", (25, 21))).set_index(KEY).sort_index()
    whole = table.loc[(DIFFERENCE, "ALL", "7x24")]
    # 7 days of 16 hours at -4 and 8 at 2; 4 July is in the 2x16
    assert whole.loc["crr_obligation", Congestion.value] == 7 * (16 * -4 + 8 * 2)
    assert whole.loc["crr_option", Congestion.value] == 7 * 8 * 2
    assert whole.loc["day_ahead_basis", Congestion.value] == pytest.approx(-2)
    peak = table.loc[(DIFFERENCE, "2024-07", "5x16", "crr_obligation")]
    assert (peak[Congestion.hours], peak[Congestion.value]) == (64, 64 * -4)
    assert (peak[Congestion.low], peak[Congestion.high]) == (64 * -4, 64 * -4)  # days are alike


def test_an_lmp_less_lambda_is_congestion_and_without_lambda_nothing_is_said():
    split = made(hourly(SeriesName.SYSTEM_LAMBDA, "ERCOT", (25, 21))).set_index(KEY).sort_index()
    of = split.loc[(NODE, "ALL")][Congestion.value]
    assert of[("5x16", "congestion")] == 5
    assert of[("7x8", "congestion")] == -1
    assert of[("7x8", "system_lambda")] == 21
    none = made(hourly(SeriesName.SYSTEM_LAMBDA, "ERCOT", (25, 21)).iloc[:0])
    assert {*none[Congestion.location]} == {DIFFERENCE}
