"""config/quickstart.yaml from an empty folder, without a key, against the replaying server."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import yaml

from rtlmp.config import parse_config
from rtlmp.io.tables import read_table
from rtlmp.pipeline.plan import Plan
from rtlmp.schemas.core import Forecast
from tests.helpers import ercot_world, live, repo
from tests.helpers.build import ROOT, settings
from tests.helpers.replay import hosts, serving

DAY = timedelta(days=1)


@pytest.fixture
def houston(monkeypatch):
    """No key is set, and the server's world has HB_HOUSTON too."""
    for key in live.SECRETS:
        monkeypatch.delenv(key, raising=False)
    points = ("HB_HOUSTON", *ercot_world.POINTS)
    day_ahead = partial(ercot_world.day_ahead, "SettlementPoint", points, "np4-190-cd")
    monkeypatch.setattr(ercot_world, "POINTS", points)
    monkeypatch.setitem(ercot_world.TEXTS, "np4-190-cd", day_ahead)


@pytest.mark.integration
@pytest.mark.usefixtures("houston")
def test_a_clone_and_a_network_are_enough(tmp_path):
    """A forecast, a day more, a backtest: requests are counted, none of them to the archive."""
    today = datetime.now(UTC).date() - DAY
    change: dict[str, Any] = yaml.safe_load((ROOT / "config/quickstart.yaml").read_text())
    change |= {"nodes": ["HB_HOUSTON"], "thresholds": [100], "start": today - 40 * DAY,
               "data_dir": str(tmp_path / "folder"), "history_days": 20,
               "model": {"rounds": 5, "grid": [50, 100, 500]},
               "backtest": {"start": today - 4 * DAY, "end": today - 3 * DAY}}  # fmt: skip
    with serving() as server:
        server.since.append(datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - 42 * DAY)
        change["live"] |= {"store": "data", "hosts": hosts(server.url)}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(change))

        def run(*words: str) -> str:
            words = (*words, "--directory", str(tmp_path))
            return repo.snakemake(ROOT, tmp_path / "config.yaml", *words)

        said = run("forecast", "--config", f"date={today - DAY}")
        assert said.count("No past without an account") == 1
        first = len(server.asked)
        assert "Nothing to be done" in run("forecast", "--config", f"date={today - DAY}")
        run("forecast", "backtest", "report", "data_dir", "--config", f"date={today}")
        new = server.asked[first:]
    documents = [path for path in new if "mirDownload" in path]
    assert len(documents) == pytest.approx(96 + 24 * 5 + 2, abs=6)  # prices, hourly, daily
    assert not [path for path in server.asked if "/archive/" in path or "token" in path]
    for day in (today - DAY, today):
        path = f"results/quickstart/forecast/HB_HOUSTON/100/{day}.parquet"
        assert len(read_table(Forecast, tmp_path / path)) == 72
    results = tmp_path / "results/quickstart"
    assert "No past without an account" in (results / "report/data.html").read_text()
    raw = results / f"raw/rt_spp/{today:%Y-%m}.parquet"
    made = tmp_path / f"folder/rt_spp-{today:%Y-%m}.parquet"
    assert made.read_bytes() == raw.read_bytes()  # a folder for `source: files`


def test_a_folder_that_is_not_there_is_said_in_one_sentence(tmp_path):
    missing = tmp_path / "ercot"
    with pytest.raises(ValueError, match=r"ercot: no such folder; .*snakemake data_dir"):
        Plan.of(parse_config(settings(source="files", data_dir=str(missing))))
