"""config/quickstart.yaml from an empty folder, without a key, against the replaying server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from rtlmp.io.tables import read_table
from rtlmp.schemas.core import Forecast
from tests.helpers import live, repo
from tests.helpers.build import ROOT
from tests.helpers.replay import hosts, serving

DAY = timedelta(days=1)


@pytest.mark.integration
def test_a_clone_and_a_network_are_enough(tmp_path, monkeypatch):
    """A forecast, a day more, a backtest: requests are counted, none of them to the archive."""
    for key in live.SECRETS:
        monkeypatch.delenv(key, raising=False)
    today = datetime.now(UTC).date() - DAY
    change: dict[str, Any] = yaml.safe_load((ROOT / "config/quickstart.yaml").read_text())
    change |= {"nodes": ["HB_HOUSTON"], "thresholds": [100], "start": today - 40 * DAY,
               "history_days": 20, "model": {"rounds": 5, "grid": [50, 100, 500]},
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
        run("forecast", "backtest", "report", "--config", f"date={today}")
        new = server.asked[first:]
    documents = [path for path in new if "mirDownload" in path]
    assert len(documents) == pytest.approx(96 + 24 * 5 + 2, abs=6)  # prices, hourly, daily
    assert not [path for path in server.asked if "/archive/" in path or "token" in path]
    for day in (today - DAY, today):
        path = f"results/quickstart/forecast/HB_HOUSTON/100/{day}.parquet"
        assert len(read_table(Forecast, tmp_path / path)) == 72
    assert "No past without an account" in html(tmp_path)


def html(folder: Path) -> str:
    return (folder / "results/quickstart/report/data.html").read_text()
