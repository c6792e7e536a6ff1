"""The champion gate refuses a model that got worse on days it has not seen, and says why."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from rtlmp.asof.vintages import to_us
from rtlmp.catalog import SeriesName
from rtlmp.clock import days
from rtlmp.config import parse_config
from rtlmp.features.history import node_sample
from rtlmp.features.matrix import training_features
from rtlmp.forecast.forecast import model_probability
from rtlmp.forecast.gate import champions, gate_choices, held_out_rows
from rtlmp.models.training import train
from rtlmp.report.model_card import model_card
from rtlmp.schemas.core import Observations
from tests.helpers.build import archive_of_frames, hourly_targets, settings

DATES = [date(2024, 7, 16), date(2024, 7, 18), date(2024, 7, 20)]
GATE = {"days": 10, "every": 1, "tree_share": 0.5, "z_threshold": 1.64, "min_relative_loss": 0.02}
ROWS = ("x", "issued", "hour", "node")
NAMES = [d.isoformat() for d in DATES]
MODEL = {"rounds": 20, "grid": [25, 50, 100, 200], "learning_rate": 0.3, "threads": 1}


@pytest.fixture(scope="module")
def config():
    small = {"history_days": 30, "model": MODEL, "thresholds": [50, 100]}
    return parse_config(settings(nodes=["N"], gate=GATE, **small))


@pytest.fixture(scope="module")
def prices():
    return hourly_targets("N", "2024-06-01", 60, seed=1)


@pytest.fixture(scope="module")
def history(config, prices):
    issued = list(days(date(2024, 6, 10), DATES[-1]))
    return [
        *training_features(
            archive_of_frames([prices]), issued, config, node_sample(config)
        ).values()
    ]


@pytest.fixture(scope="module")
def models(config, prices, history):
    return {d.isoformat(): train(history, archive_of_frames([prices]), config, d) for d in DATES}


def with_prices(prices, rows, value):
    return prices.assign(value=prices[Observations.value].mask(rows, value))


def test_good_models_serve_newest_first(config, prices, history, models):
    choices = gate_choices(models, history, archive_of_frames([prices]), config)
    assert [choices[n]["serves"] for n in NAMES] == [True] * 3
    assert choices[NAMES[0]]["predecessor"] is None
    assert choices[NAMES[2]]["days"] == 10
    assert champions(choices, NAMES[::-1]) == NAMES[::-1]


def test_a_worse_model_does_not_serve_and_the_file_says_why(config, prices, history, models):
    """Trained on prices where every hour is a spike."""
    highest = prices[Observations.series] == SeriesName.RT_MAX.value
    everywhere = archive_of_frames([with_prices(prices, highest, 3000.0)])
    broken = {**models, NAMES[2]: train(history, everywhere, config, DATES[2])}
    choices = gate_choices(broken, history, archive_of_frames([prices]), config)
    choice = choices[NAMES[2]]
    assert not choice["serves"]
    assert choice["loss"] > choice["loss_before"]
    assert "worse than its predecessor beyond noise" in choice["why"]
    assert champions(choices, NAMES[::-1]) == NAMES[1::-1]


def test_nothing_published_after_the_models_own_time_changes_the_choice(
    config, prices, history, models
):
    later = prices[Observations.publish_time] > models[NAMES[2]].card["trained_until"]
    poisoned = with_prices(prices, later, 4999.0)
    one, two = (
        gate_choices(models, history, archive_of_frames([p]), config) for p in (prices, poisoned)
    )
    assert later.any()
    assert one == two


def test_the_choice_is_the_same_whatever_months_were_read(config, prices, history, models):
    """A replay reads other files than a day's forecast: from the first day held out is enough."""
    spread = {**config, "gate": {**GATE, "days": 5, "every": 2}}
    first = to_us(datetime.fromisoformat(models[NAMES[1]].card["held_out_from"]))
    least = [
        part._replace(**{name: getattr(part, name)[part.issued >= first] for name in ROWS})
        for part in history
    ]
    known = archive_of_frames([prices])
    rows = [held_out_rows(models[NAMES[1]], of, known, spread) for of in (history, least)]
    np.testing.assert_array_equal(rows[0]["x"], rows[1]["x"])
    assert len(np.unique(rows[0]["day"])) == 5
    assert gate_choices(models, history, known, spread) == gate_choices(
        models, least, known, spread
    )


def test_switched_off_every_model_serves(config, prices, history, models):
    off = {**config, "gate": {**config["gate"], "days": 0}}
    choices = gate_choices(models, history, archive_of_frames([prices]), off)
    assert {c["why"] for c in choices.values()} == {"the gate is off"}


def test_the_gate_trees_have_not_seen_the_days_held_out(config, prices, history):
    """Spikes in all of their hours: the gate trees learn the same, but for bins and draws."""
    late = prices[Observations.valid_time] >= pd.Timestamp("2024-07-10T15:00Z")
    late &= prices[Observations.series] == SeriesName.RT_MAX.value
    x = history[0].x[:500]
    each = [
        train(history, archive_of_frames([p]), config, DATES[2])
        for p in (prices, with_prices(prices, late, 4000.0))
    ]
    gate_trees, whole = (
        np.mean([model_probability(m, x, [100], gate_trees=t) for m in each], axis=1).ravel()
        for t in (True, False)
    )
    assert abs(gate_trees[1] - gate_trees[0]) < 0.2 * abs(whole[1] - whole[0])


def test_a_models_page_says_what_it_is_and_how_it_does(config, prices, history, models):
    page = model_card(models[NAMES[2]], history, archive_of_frames([prices]), config)
    assert f"# Model {NAMES[2]}: N" in page
    assert "| learning_rate" in page
    assert "spike frequency" in page
    assert "Population stability index" in page
