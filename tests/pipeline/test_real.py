"""On real ERCOT prices, where ../shared/ercot is there: labels as counted, and no day invented."""

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.view import known_frame
from rtlmp.catalog import SeriesName
from tests.helpers.build import ROOT, archive_of_frames, hourly_prices, read_frames, utc

FOLDER = ROOT.parent / "shared/ercot"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"{FOLDER} is not here"),
]


@pytest.fixture(scope="module")
def held():
    return read_frames([FOLDER / "rt_lmp.parquet", FOLDER / "wind_solar_forecast.parquet"])


def test_hourly_prices_are_those_of_a_plain_reader(held):
    """Against a resample of the raw file, hour for hour through both clock changes."""
    prices = held[SeriesName.RT_LMP]
    hours = pd.date_range("2024-01-01 06:00", "2025-01-01 05:00", freq="h", tz="UTC")
    got = known_frame(hourly_prices(prices)[SeriesName.RT_MAX], utc("2025-02-01"), hours)
    north = prices[prices["location"] == "HB_NORTH"].set_index("valid_time")["value"]
    want = north.resample("h").max().reindex(hours)
    pd.testing.assert_series_equal(got["HB_NORTH"], want, check_names=False, check_freq=False)
    assert got["HB_NORTH"].notna().mean() > 0.998


def test_base_rates_are_the_published_ones(held):
    """Spike shares of HB_NORTH in 2024 as the evidence notes count them: 4 % above $100."""
    highest = hourly_prices(held[SeriesName.RT_LMP])[SeriesName.RT_MAX]
    north = highest.value[:, highest.locations.index("HB_NORTH")]
    north = north[~np.isnan(north)]
    shares = {x: (north > x).mean() for x in (50, 100, 200, 500)}
    for x, share in {50: 0.137, 100: 0.041, 200: 0.018, 500: 0.0084}.items():
        assert shares[x] == pytest.approx(share, rel=0.03)


def test_wind_forecasts_are_public_only_for_the_next_day(held):
    hours = pd.date_range("2024-08-21 05:00", periods=72, freq="h", tz="UTC")
    data = archive_of_frames([held[SeriesName.WIND_FORECAST]])[SeriesName.WIND_FORECAST]
    at_ten, before = (
        known_frame(data, utc(t), hours) for t in ("2024-08-20 14:56", "2024-08-20 14:54")
    )
    assert at_ten["ERCOT"].notna().tolist() == [True] * 24 + [False] * 48
    assert before["ERCOT"].notna().sum() == 0
