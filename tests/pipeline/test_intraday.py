"""Any issue time: the 72 hours that begin at once, as a person runs them, on a small world."""

import json

import pandas as pd
import pytest

from rtlmp.io.tables import read_table
from rtlmp.schemas.core import Bounded, Forecast, HorizonRows, Metrics, Scored
from tests.helpers.repo import LEAST, RUN, Repo

pytestmark = pytest.mark.integration
AT_ONCE = {**LEAST, "issue_time": "13:56", "horizon": "next_hour"}


def test_a_backtest_of_horizons_that_begin_at_once_and_its_daily_path(tmp_path):
    repo = Repo(tmp_path, **AT_ONCE)
    repo.run("backtest", "daily", "--config", "date=2024-03-10")
    root = repo.root / RUN
    rows = read_table(Scored, root / "backtest/forecasts.parquet")
    assert {*rows[Scored.model]} == {"model", "climatology", "persistence"}  # no exact truth
    local = rows[Scored.valid_time].dt.tz_convert("America/Chicago")
    first = local[rows[Scored.lead_hour] == 1].dt.strftime("%m-%d %H:%M")
    assert {*first} == {"03-09 14:00", "03-10 14:00"}
    assert (rows.groupby([Scored.issue_time, Scored.model]).size() == 72 * 4).all()
    assert rows[Scored.max_price].notna().all()
    metrics = read_table(Metrics, root / "backtest/metrics.parquet")
    assert {*metrics[Metrics.lead_day]} == {0, 1, 2, 3}
    [card] = (root / "model/all").glob("2024-03-09/card.json")
    assert "dam_target" in json.loads(card.read_text())["features"]
    daily = read_table(Bounded, root / "issued/2024-03-10.parquet")
    keys = [Forecast.location, Forecast.threshold, Forecast.valid_time]
    ours = rows[(rows[Scored.model] == "model")][list(daily.columns)]
    ours = ours[ours[HorizonRows.issue_time].isin(daily[HorizonRows.issue_time])]
    each = (of.sort_values(keys, ignore_index=True) for of in (daily, ours))
    pd.testing.assert_frame_equal(*each, check_exact=True)
    repo.run("status", "--config", "date=2024-03-10")
    known = json.loads((root / "status/status.json").read_text())["series"]
    assert {s["asked"] for s in known if s["series"] == "dam_spp"} == {72.07}
