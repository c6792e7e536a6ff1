"""Nowcasts: nothing of the future in them, curves that fall, a label that a person would count."""

import json
import os
import signal
import time
from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.nowcast import frequency, probabilities
from rtlmp import cli
from rtlmp.asof.vintages import NEVER, to_us
from rtlmp.catalog import SeriesName
from rtlmp.config import parse_config
from rtlmp.evaluation.losses import log_loss
from rtlmp.io.tables import read_table, write_table
from rtlmp.models.training import fit_model
from rtlmp.nowcast import (
    KEYS,
    Nowcast,
    nowcast_rows,
    nowcast_table,
    nowcast_training,
    published_runs,
    read_feed,
    rows_by_month,
)
from rtlmp.schemas.core import UTC_DTYPE, Observations, Scored
from rtlmp.schemas.names import Forecaster
from tests.helpers.build import five_minutes, observations, settings, utc
from tests.helpers.repo import RUN, Repo

FEED = {"market": "ERCOT", "target": "rt_lmp", "nodes": ["N", "M"]}
AT = utc("2024-03-02 10:26:12")  # published: the run of 10:25:12 less 12 s, and a minute
MODEL = {"rounds": 60, "max_depth": 3, "learning_rate": 0.2, "min_child_weight": 5}
CONFIG = parse_config(settings(model=MODEL))


def prices(seed=0, start="2024-03-01", days=3):
    """Two nodes whose spikes last for half an hour, most of them from 22:00 to 02:00 UTC."""
    rng = np.random.default_rng(seed)
    each = []
    for node in FEED["nodes"]:
        evening = (np.arange(288 * days) // 12 + 2) % 24 < 4
        begins = rng.random(288 * days) < np.where(evening, 0.1, 0.003)
        spiking = np.convolve(begins, np.ones(6))[: 288 * days] > 0
        values = np.where(spiking, 150, 30) * rng.lognormal(0, 0.2, 288 * days)
        each.append(five_minutes(start, values, node))
    return pd.concat(each, ignore_index=True)


def hourly(q, place, start="2024-02-28", days=6):
    valid = pd.date_range(utc(start), periods=24 * days, freq="h")
    return observations(q, place, valid, valid - pd.Timedelta("20h"), np.arange(24.0 * days))


def saved(path, *tables):
    write_table(Observations, pd.concat(tables, ignore_index=True), path)
    return str(path)


@pytest.fixture
def world():
    auction = [hourly(SeriesName.DAM_SPP, node) for node in FEED["nodes"]]
    power = [hourly(q, "ERCOT") for q in (SeriesName.WIND, SeriesName.WIND_FORECAST)]
    return pd.concat([prices(), *auction, *power], ignore_index=True)


def run_at(feed, at):
    return [run for run in published_runs(feed) if run[1] == to_us(at)]


def test_a_row_is_the_same_whatever_is_published_after_its_run(world, tmp_path):
    feed = read_feed([saved(tmp_path / "a.parquet", world)], NEVER, **FEED)
    rows = nowcast_rows(feed, run_at(feed, AT), 1)
    assert len(rows) == 2 * (12 + 4)
    assert rows.columns[len(KEYS) :].size > 40
    later = world[Observations.publish_time] > AT
    poisoned = world.assign(value=world["value"].where(~later, 1e5))
    # and corrections of what was known
    corrected = world[~later].assign(value=1e5, publish_time=AT + pd.Timedelta("1us"))
    corrected = corrected.astype({Observations.publish_time: UTC_DTYPE})
    path = saved(tmp_path / "b.parquet", poisoned, corrected)
    known = nowcast_rows(read_feed([path], NEVER, **FEED), run_at(feed, AT), 1)
    told = [name for name in rows if name != Scored.max_price]
    pd.testing.assert_frame_equal(rows[told], known[told])
    served = read_feed([path], to_us(AT), **FEED)
    assert published_runs(served)[-1] == run_at(feed, AT)[0]
    pd.testing.assert_frame_equal(nowcast_rows(served, run_at(feed, AT), 1)[told], rows[told])


def test_what_is_ahead_is_counted_from_the_next_interval(tmp_path):
    values = np.arange(288.0)
    runs = five_minutes("2024-03-02", values).drop(index=150)  # that of 12:30 did not arrive
    path = saved(tmp_path / "a.parquet", runs)
    feed = read_feed([path], NEVER, "ERCOT", "rt_lmp", ["N"])
    rows = nowcast_rows(feed, run_at(feed, AT), 0.9).set_index([Nowcast.minutes, Nowcast.ahead])
    price, valid = rows[Scored.max_price], rows[Nowcast.valid_time]
    assert price[5].tolist() == [*np.arange(126.0, 138)]  # 10:30 is the 126th
    assert price[60][:2].tolist() == [131, 143]  # of this hour what is left
    assert price[60][2] == 155  # 11 of 12
    assert [f"{t:%H:%M}" for t in valid[60]] == ["10:00", "11:00", "12:00", "13:00"]
    assert f"{valid[5][1]:%H:%M}" == "10:30"
    fewer = nowcast_rows(feed, run_at(feed, AT), 1).set_index([Nowcast.minutes, Nowcast.ahead])
    assert np.isnan(fewer[Scored.max_price][60][2])
    last = nowcast_rows(feed, run_at(feed, utc("2024-03-02 10:56:12")), 1)
    hours = last[last[Nowcast.minutes] == 60]
    assert f"{hours[Nowcast.valid_time].iloc[0]:%H:%M}" == "11:00"  # the hour of the next interval


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """A model of March, the rows that trained it, and those of April."""
    folder, paths = tmp_path_factory.mktemp("months"), []
    for k, month in enumerate(("2024-02", "2024-03", "2024-04")):
        paths.append(saved(folder / f"{month}.parquet", prices(k, f"{month}-01", 28)))
    rows = rows_by_month(paths, ["2024-02", "2024-03", "2024-04"], 1, FEED)
    old = pd.concat([rows["2024-02"], rows["2024-03"]], ignore_index=True)
    config = {**CONFIG, "gate": {**CONFIG["gate"], "days": 0}}
    day, lengths = date(2024, 4, 1), (5, 60)
    models = {f"{k}": {"": fit_model(nowcast_training(old, k, day), config)} for k in lengths}
    return models, *(of.dropna(subset=Scored.max_price) for of in (old, rows["2024-04"]))


def test_probabilities_fall_in_x(fitted):
    models, _, rows = fitted
    made = Nowcast.validate(nowcast_table(models, rows, [50, 75, 100, 200]))
    assert len(made) == 4 * len(rows)
    asked = [Nowcast.issue_time, Nowcast.location, Nowcast.minutes, Nowcast.ahead]
    p = made.set_index([*asked, Nowcast.threshold])[Nowcast.probability].unstack().to_numpy().T
    assert (np.diff(p, axis=0) <= 0).all()
    assert len(np.unique(p)) > 100


def test_the_model_knows_the_hour_and_the_newest_price_and_beats_who_knows_one(fitted):
    models, old, rows = fitted
    hours = rows[rows[Nowcast.minutes] == 60].reset_index(drop=True)
    of = probabilities({"60": models["60"]}, old, hours, [100.0], pd.DataFrame())
    y = (of[Scored.max_price] > 100).to_numpy(float)
    baselines = (Forecaster.PERSISTENCE, Forecaster.CLIMATOLOGY)
    ours, *others = (log_loss(y, of[q].to_numpy()).mean() for q in (Forecaster.MODEL, *baselines))
    assert ours < 0.97 * min(others)


def test_a_frequency_is_of_the_rows_alike():
    old = pd.DataFrame(
        {
            Nowcast.ahead: [1, 1, 1, 2],
            "price_0": [60, 60, 40, 60],
            Scored.max_price: [60, 40, 40, 60],
        }
    )
    new = pd.DataFrame({Nowcast.ahead: [1, 1, 3], "price_0": [70, 20, 70]})
    assert frequency(old, new, [Nowcast.ahead, "price_0"], 50).tolist() == [1.5 / 4, 0.5 / 3, 0.25]


def test_months_without_a_price_before_are_refused():
    rows = rows_by_month([], [], 1, FEED)
    assert not rows
    with pytest.raises(ValueError, match="nowcast 2024-03-01: 0 rows, want 200"):
        nowcast_training(pd.DataFrame(columns=KEYS), 60, date(2024, 3, 1))


@pytest.mark.parametrize("stopped", [False, True])
def test_watch_runs_at_each_posting_and_stops_when_told(stopped, monkeypatch):
    asked, now = [], time.time()
    monkeypatch.setattr(cli, "PERIOD", 0.2)
    monkeypatch.setattr(cli, "BEGIN", now % 0.2)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def made(target, words):
        asked.append((target, words, time.time()))
        if stopped:
            os.kill(os.getpid(), signal.SIGTERM)
        return 1

    monkeypatch.setattr(cli, "_make", made)
    try:
        code = cli.command("watch", ["--count", "3", "--cores", "2"])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert [of[:2] for of in asked] == [("nowcast", ["--nolock", "--cores", "2"])] * (
        1 if stopped else 3
    )
    assert code == (0 if stopped else 1)
    phases = [(at - now) % 0.2 for *_, at in asked]
    assert max(phases) < 0.1


@pytest.mark.integration
def test_a_nowcast_of_the_newest_run_and_of_a_date(tmp_path):
    repo = Repo(tmp_path)
    repo.run("nowcast")
    rows = read_table(Nowcast, repo.root / RUN / "nowcast/latest.parquet")
    assert len(rows) == (12 + 4) * 2 * 2
    assert {*rows[Nowcast.model_date]} == {"2024-03-01"}
    assert (rows[Nowcast.issue_time] == rows[Nowcast.issue_time].max()).all()
    assert rows[Nowcast.issue_time][0] > utc("2024-03-21 04:55")
    card = json.loads((repo.root / RUN / "nowcast/model/60/2024-03/card.json").read_text())
    assert card["trained_until"] == "2024-03-01T00:00:00+00:00"
    assert repo.jobs("nowcast") == {}
    repo.run("nowcast", "--config", "date=2024-03-10")
    rows = read_table(Nowcast, repo.root / RUN / "nowcast/latest.parquet")
    assert utc("2024-03-10 14:55") < rows[Nowcast.issue_time][0] <= utc("2024-03-10 15:00")
