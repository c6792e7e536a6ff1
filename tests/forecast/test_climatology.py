"""What serves where no model does."""

from datetime import date

import numpy as np

from rtlmp.config import parse_config
from rtlmp.evaluation.baselines import climatology_forecast
from rtlmp.schemas.core import Bounded, Forecast, Observations
from tests.helpers.build import archive_of_frames, hourly_targets, settings, utc

DAY, NODES = date(2024, 7, 20), ["N", "NEW", "S"]


def test_a_node_without_a_price_has_the_climatology_of_the_fullest():
    """And nothing published after issue time changes a row."""
    config = parse_config(settings(nodes=NODES, thresholds=[50, 100]))
    prices = hourly_targets("N", "2024-06-01", 60, seed=1)
    few = hourly_targets("S", "2024-07-10", 5, seed=2)
    rows = climatology_forecast(archive_of_frames([prices, few]), config, DAY, NODES)
    n, new, s = (rows[rows[Forecast.location] == q][Forecast.probability] for q in NODES)
    assert [len(of) for of in (n, new, s)] == [144] * 3
    np.testing.assert_array_equal(n, new)
    assert not np.array_equal(n, s)
    assert Bounded.validate(rows)[Bounded.lower].isna().all()
    late = prices[Observations.publish_time] > utc("2024-07-20T15:00")
    poisoned = prices.assign(value=prices[Observations.value].mask(late, 4999.0))
    again = climatology_forecast(archive_of_frames([poisoned, few]), config, DAY, NODES)
    assert late.any()
    assert again.equals(rows)
