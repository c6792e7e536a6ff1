"""A dated model learns only what was public at its own issue time."""

import os
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.bare import fit, tasks
from rtlmp.catalog import SeriesName
from rtlmp.clock import days, issue_time
from rtlmp.config import parse_config
from rtlmp.features.history import node_sample, write_history
from rtlmp.features.matrix import monthly_features, training_features
from rtlmp.forecast.forecast import model_probability, pool_forecast
from rtlmp.models.samples import training_set
from rtlmp.models.training import block_ids, train
from rtlmp.schemas.core import Observations
from tests.helpers.build import ROOT, archive_of_frames, hourly_targets, observations, settings

DAY = date(2024, 7, 20)
SMALL = {"rounds": 15, "grid": [25, 50, 100, 200], "min_child_weight": 1, "threads": 1}


@pytest.fixture(scope="module")
def config():
    return parse_config(
        settings(nodes=["N", "H"], history_days=30, model=SMALL, thresholds=[50, 100])
    )


@pytest.fixture(scope="module")
def prices():
    return hourly_targets("NH", "2024-06-01", 60, seed=0)


@pytest.fixture(scope="module")
def features(config, prices):
    issued = list(days(date(2024, 6, 10), DAY))
    return dict(monthly_features(archive_of_frames([prices]), issued, config))


@pytest.fixture(scope="module")
def history(config, prices):
    issued = list(days(date(2024, 6, 10), DAY))
    return [
        *training_features(
            archive_of_frames([prices]), issued, config, node_sample(config)
        ).values()
    ]


def test_nothing_published_after_its_issue_time_changes_a_byte(config, prices, history):
    later = prices[Observations.publish_time] > issue_time(config, DAY)
    values = prices[Observations.value].mask(later, 4999.0)
    poisoned = prices.assign(**{Observations.value: values})
    clean, spoilt = (
        train(history, archive_of_frames([p]), config, DAY) for p in (prices, poisoned)
    )
    assert later.any()
    one, two = (bytes(m.members[0].boosted().save_raw("ubj")) for m in (clean, spoilt))
    assert one == two
    assert clean.card == spoilt.card


def test_feature_rows_of_the_day_itself_and_later_do_not_train(config, prices, history):
    later = training_features(archive_of_frames([prices]), [DAY], config, node_sample(config))[
        "all"
    ]
    longer = [*history, later._replace(hour=later.hour - 96)]  # as if their labels were known
    one, two = (train(h, archive_of_frames([prices]), config, DAY).card for h in (history, longer))
    assert one == two


def test_the_card_says_what_trained(config, prices, history):
    card = train(history, archive_of_frames([prices]), config, DAY).card
    # 30 issue dates x 72 hours x 2 nodes, less the hours of D-1..D-3 that were still to come
    assert 2 * 26 * 72 < card["rows"] < 2 * 30 * 72
    assert card["trained_until"] == "2024-07-20T15:00:00+00:00"
    assert (card["pool"], card["features"]) == (["N", "H"], history[0].design)
    assert len(card["features"]) == 99
    assert len(card["inputs_sha256"]) == 64


def test_without_labels_there_is_an_error_and_no_model(config, prices, history):
    late = prices[prices[Observations.publish_time] > issue_time(config, DAY)]
    with pytest.raises(ValueError, match=r"model 2024-07-20: .* 0 have their label"):
        train(history, archive_of_frames([late]), config, DAY)


def test_of_too_few_rows_there_is_an_error_and_no_model(config, prices, history):
    hours = prices[prices[Observations.valid_time] > issue_time(config, DAY) - timedelta(hours=8)]
    with pytest.raises(ValueError, match=r"[1-9]\d? have their label by then, want 200 or more"):
        train(history, archive_of_frames([hours]), config, DAY)


def test_a_pool_without_a_price_trains_on_that_of_another_and_says_so(config, prices, history):
    others = prices.assign(**{Observations.location: prices[Observations.location] + "_OTHER"})
    card = train(
        history, archive_of_frames([]), config, DAY, others=lambda: archive_of_frames([others])
    ).card
    assert card["lent"] in ("H_OTHER", "N_OTHER")
    own = train(history, archive_of_frames([prices]), config, DAY).card
    assert (own["lent"], own["rows"]) == ("", card["rows"])


def test_the_card_says_how_much_is_unknown(config, prices, history):
    series, valid = prices[Observations.series], prices[Observations.valid_time]
    low = (series == SeriesName.RT_COVERAGE.value) & (valid < pd.Timestamp("2024-07-01", tz="UTC"))
    thin = prices.assign(**{Observations.value: prices[Observations.value].mask(low, 0.4)})
    whole, part = (train(history, archive_of_frames([p]), config, DAY).card for p in (prices, thin))
    assert part["unknown"] - whole["unknown"] == pytest.approx(
        1 - part["rows"] / whole["rows"], abs=0.02
    )


def test_a_forecast_has_72_rows_a_node_and_threshold_and_says_when_it_cannot(
    config, prices, history, features
):
    trained = train(history, archive_of_frames([prices]), config, DAY)
    at = pd.Timestamp(issue_time(config, DAY))
    rows = pool_forecast([trained], features, at, config["thresholds"])
    assert rows.groupby(["location", "threshold"]).size().tolist() == [72] * 4
    missing = at + pd.Timedelta("1D")
    with pytest.raises(ValueError, match=r"N: 0 feature rows for issue time 2024-07-21"):
        pool_forecast([trained], features, missing, config["thresholds"])


def test_a_repeated_correction_trains_on_the_value_known_then(config, prices, history):
    """The same label revised after the model date must not reach it; before it, must."""
    at = pd.Timestamp(issue_time(config, DAY))
    row = prices[prices[Observations.series] == SeriesName.RT_MAX.value].iloc[700]
    cards = []
    for published in (at - pd.Timedelta("1h"), at + pd.Timedelta("1h")):
        fix = observations(
            SeriesName.RT_MAX,
            row[Observations.location],
            [row[Observations.valid_time]],
            [published],
            [4e3],
        )
        data = archive_of_frames([pd.concat([prices, fix], ignore_index=True)])
        cards.append(train(history, data, config, DAY).card["inputs_sha256"])
    unrevised = train(history, archive_of_frames([prices]), config, DAY).card["inputs_sha256"]
    assert cards[1] == unrevised != cards[0]
    assert np.isfinite(row[Observations.value])


def test_a_training_job_starts_without_pandas(tmp_path, history, prices):
    """It would be a third of its start-up."""
    write_history(history[0], tmp_path / "rows.arrow")
    prices.to_parquet(tmp_path / "prices.parquet", index=False)
    code = (
        "import sys; from rtlmp.asof import vintages; from rtlmp.features import history; "
        "from rtlmp.models import parameters, store, training; "
        "rows = history.read_history('rows.arrow'); "
        "vintages.read_archive(['prices.parquet'], rows.nodes); "
        "sys.exit(any(name in sys.modules for name in ('pandas', 'pandera', 'sklearn')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


def test_each_part_of_the_rows_holds_every_hour_once_and_every_issue_date(config, prices, history):
    rows = training_set(history, archive_of_frames([prices]), config, DAY).rows
    part = block_ids(rows) % 3
    issued = np.round(rows.age)
    inner = (issued > 4) & (issued < issued.max() - 4)  # at the ends not all leads have labels
    for k in range(3):
        _, seen = np.unique(rows.hour[inner & (part == k)], return_counts=True)
        assert set(seen[5 * 24 : -5 * 24]) == {2}  # two nodes
        dates, of_date = np.unique(issued[inner & (part == k)], return_counts=True)
        assert len(dates) == len(np.unique(issued[inner]))
        assert set(of_date) == {2 * 24}


def test_an_update_keeps_the_gate_trees_and_learns_the_rest_anew(config, prices, history):
    archive, shorter = (
        archive_of_frames([prices]),
        {**config, "refit": {"every": 9, "update_days": 20}},
    )
    base = train(history, archive, shorter, date(2024, 7, 14))
    new = train(history, archive, shorter, DAY, base=base)
    old, now = (of.members[0].boosted().get_dump() for of in (base, new))
    kept = round(config["gate"]["tree_share"] * SMALL["rounds"])
    assert old[:kept] == now[:kept]
    assert len(now) == SMALL["rounds"]
    assert not {*now[kept:]} & {*old[kept:]}
    card = new.card
    assert (card["base"], card["rows"]) < ("2024-07-15", 2 * 20 * 72)
    assert kept < card["members"][0]["gate_trees"] < SMALL["rounds"]
    assert card["held_out_from"] >= base.card["held_out_from"]
    again = train(history, archive, shorter, DAY, base=new)
    assert again.card["inputs_sha256"] != card["inputs_sha256"]


def test_an_update_leaves_lines_as_they_are_and_fits_networks_anew(config, prices, history):
    network = {"estimator": "network", "rounds": 2}
    members = [{}, {"estimator": "logistic", "reg_lambda": 1.0}, network]
    all_three = {**config, "members": members, "refit": {"every": 9, "update_days": 20}}
    archive = archive_of_frames([prices])
    base = train(history, archive, all_three, date(2024, 7, 14))
    new = train(history, archive, all_three, DAY, base=base)
    alone = train(history, archive, {**all_three, "members": [network]}, DAY)
    assert new.members[1] == base.members[1]
    assert new.card["members"][1] == base.card["members"][1]
    assert new.members[2] == alone.members[0] != base.members[2]
    assert new.card["members"][2] == alone.card["members"][0]
    assert new.card["members"][0]["rows"] < base.card["members"][0]["rows"]
    assert new.members[0].boosted().get_dump() != base.members[0].boosted().get_dump()


def test_the_bare_loop_is_given_the_rows_of_every_member(config, prices, history):
    archive = archive_of_frames([prices])
    others = [{"estimator": "network", "rounds": 2}, {"estimator": "logistic"}]
    whole = {**config, "members": [{}, {"rounds": 5}, *others]}
    each = tasks(history, archive, whole, DAY)
    assert [task.model["estimator"] for task in each] == ["hazard", "hazard", "network", "logistic"]
    assert all(len(part.x) == len(part.above) > 0 for task in each for part in task.parts)
    assert [fit(task, 1) is None for task in each] == [False, False, True, True]
    with pytest.raises(ValueError, match="separate: the bare loop knows"):
        tasks(history, archive, {**config, "members": [{"estimator": "separate"}]}, DAY)


def test_members_count_as_they_weigh_and_young_lines_less(config, prices, history):
    """Lines and networks as the cube of the share of two years there is; trees whole."""
    lines, network = ({"estimator": of} for of in ("logistic", "network"))
    members = [{}, {**lines, "weight": 0.5}, {**network, "rounds": 2}]
    known, three = archive_of_frames([prices]), {**config, "members": members}
    of = train(history, known, three, DAY)
    ages = training_set(history, known, three, DAY).rows.age
    share = (len({round(age) for age in ages}) / 730) ** 3
    assert 0 < share < 0.001
    assert of.weights() == pytest.approx([1, 0.5 * share, share], rel=1e-12)
    x, xs, each = history[0].x[:50], config["thresholds"], []
    for member, card in zip(of.members, of.card["members"], strict=True):
        alone = of._replace(members=[member], card={**of.card, "members": [card]})
        each.append(model_probability(alone, x, xs))
    assert np.abs(each[0] - each[1]).max() > 0.01
    mean = np.average(each, axis=0, weights=of.weights())
    np.testing.assert_allclose(model_probability(of, x, xs), mean)


def test_nothing_published_after_its_issue_time_changes_an_update(config, prices, history):
    later = prices[Observations.publish_time] > issue_time(config, DAY)
    spoilt = {Observations.value: prices[Observations.value].mask(later, 4999.0)}
    known = [archive_of_frames([of]) for of in (prices, prices.assign(**spoilt))]
    base = train(history, known[0], config, date(2024, 7, 14))
    each = [train(history, of, config, DAY, base=base).members[0].boosted() for of in known]
    one, two = (bytes(booster.save_raw("ubj")) for booster in each)
    assert one == two
