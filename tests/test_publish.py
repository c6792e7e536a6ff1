"""What `publish` puts into a database is what the files hold, once, whatever is published again."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from rtlmp.catalog import SeriesName
from rtlmp.io.tables import read_frame, write_table
from rtlmp.publish import TABLES, connect, publish
from rtlmp.schemas.core import UTC_DTYPE, Bounded, Flagged, Forecast, Metrics, Observations
from tests.helpers.build import observations, utc
from tests.helpers.postgres import MISSING, postgres

pytest.importorskip("adbc_driver_manager", reason="no extra `publish`: make installs it")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pytest.importorskip("adbc_driver_postgresql", reason="no extra `publish`: make installs it")
    if MISSING:
        pytest.skip(MISSING)
    with postgres() as uri:
        yield uri


@pytest.fixture(params=["duckdb", "postgresql"])
def uri(request, tmp_path) -> str:
    if request.param == "duckdb":
        pytest.importorskip("duckdb", reason="no extra `publish`: make installs it")
        return str(tmp_path / "feed.duckdb")
    return request.getfixturevalue("server")


def forecast(day: str, nodes: list[str], p: float) -> pd.DataFrame:
    at = utc(day)
    hours = pd.Series(pd.date_range(at + pd.Timedelta("14h"), periods=72, freq="h")).astype(
        UTC_DTYPE
    )
    lead, bounds = np.arange(1, 73), {Bounded.lower: np.nan, Bounded.upper: p + 0.1}
    parts = [
        pd.DataFrame({
            Forecast.issue_time: at, Forecast.valid_time: hours, Forecast.lead_hour: lead,
            Forecast.location: node, Forecast.threshold: 52.5, Forecast.probability: p / lead,
            Forecast.model_date: day, **bounds,
        }).astype({Forecast.issue_time: UTC_DTYPE})
        for node in nodes
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def root(tmp_path):
    """Two issue dates, prices of two months and scores: one of them not a number."""
    of = tmp_path / "results/a"
    for day in ("2024-03-09", "2024-03-10"):
        write_table(Bounded, forecast(day, ["N", "it's"], 0.3), of / f"issued/{day}.parquet")
    for month in ("2024-02", "2024-03"):
        at = pd.date_range(utc(month), periods=48, freq="h")
        rows = observations(SeriesName.RT_MAX, "N", at, at + pd.Timedelta("1h"), np.arange(48) / 3)
        write_table(Observations, rows, of / f"hourly/{month}.parquet")
    scores = pd.DataFrame({
        Metrics.model: "model", Metrics.location: "ALL", Metrics.threshold: 52.5,
        Metrics.lead_day: [0, 1], Metrics.metric: "auc", Metrics.value: [0.9, np.nan],
        Metrics.low: 0.8, Metrics.high: 1.0,
    })  # fmt: skip
    write_table(Metrics, scores, of / "backtest/metrics.parquet")
    return of


def held(uri: str, run: str) -> list[pd.DataFrame]:
    """Every table of a run, as the files have it, in their order."""
    with connect(uri) as database, database.cursor() as cursor:
        made = []
        for table, (_, keys) in TABLES.items():
            cursor.execute(
                f"select * from {table} where run = '{run}' order by file, {', '.join(keys)}"
            )
            made.append(cursor.fetch_arrow_table().to_pandas())
    return made


def filed(root) -> list[pd.DataFrame]:
    return [
        pd.concat(
            [
                read_frame(path).assign(file=f"{folder}/{path.name}")
                for path in sorted(root.glob(files))
                for folder in [{"issued": "forecast"}.get(path.parent.name, path.parent.name)]
            ],
            ignore_index=True,
        ).sort_values(["file", *keys], ignore_index=True)
        for files, keys in TABLES.values()
    ]


def assert_equal(uri: str, root) -> None:
    for there, here in zip(held(uri, root.name), filed(root), strict=True):
        assert {*there} == {*here, "run"}
        same = there[list(here)].astype(here.dtypes)
        pd.testing.assert_frame_equal(same, here, check_exact=True)


def test_what_is_published_is_what_the_files_hold_and_only_what_changed_is_put_in(root, uri):
    assert publish(root, uri) == dict(zip(TABLES, (288, 2, 96), strict=True))
    assert_equal(uri, root)
    assert publish(root, uri) == dict.fromkeys(TABLES, 0)
    anew = forecast("2024-03-10", ["N"], 0.2).assign(**{Flagged.late: True})  # a node less
    write_table(Bounded, anew, root / "issued/2024-03-10.parquet")
    assert publish(root, uri) == dict(zip(TABLES, (72, 0, 0), strict=True))
    assert_equal(uri, root)
    other = root.rename(root.with_name("b"))
    assert publish(other, uri)["rtlmp_forecasts"] == 216
    assert [len(of) for of in held(uri, "a")] == [len(of) for of in held(uri, "b")] == [216, 2, 96]


def test_a_row_that_another_file_has_stops_it_and_changes_nothing(root, uri):
    root = root.rename(root.with_name("twice"))
    publish(root, uri)
    before = held(uri, "twice")
    again = root / "hourly/2024-03.parquet"
    again.write_bytes((root / "hourly/2024-02.parquet").read_bytes())
    with pytest.raises(Exception, match=r"rtlmp_prices_key|Duplicate key"):
        publish(root, uri)
    for there, was in zip(held(uri, "twice"), before, strict=True):
        pd.testing.assert_frame_equal(there, was)
