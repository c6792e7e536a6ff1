"""Auxiliary nodes: other places and other prices that train a model and change nothing else."""

from datetime import date

import numpy as np
import pandas as pd

from rtlmp.asof.auxiliary import auxiliary_series
from rtlmp.asof.vintages import load_observations
from rtlmp.catalog import SeriesName
from rtlmp.clock import days
from rtlmp.config import parse_config
from rtlmp.features.history import node_sample
from rtlmp.features.matrix import training_features
from rtlmp.io.tables import write_table
from rtlmp.models.training import train
from rtlmp.schemas.core import Observations
from tests.helpers.build import archive_of_frames, hourly_targets, observations, settings

DAY = date(2024, 7, 20)
AUXILIARY_NODES = {
    "OLD": {"price": "rt_spp", "at": "HUB", "start": "2024-06-01", "end": "2024-06-30"}
}
MODEL = {"rounds": 5, "grid": [25, 50, 100, 200], "min_child_weight": 1, "threads": 1}


def config():
    small = {"history_days": 40, "model": MODEL, "thresholds": [50]}
    return parse_config(settings(nodes=["N"], auxiliary_nodes=AUXILIARY_NODES, **small))


def prices(node: str, seed: int):
    return hourly_targets([node], "2024-06-01", 60, seed)


def test_a_donor_has_its_own_price_and_the_auction_of_its_place(tmp_path):
    at = pd.date_range("2024-06-01", periods=2, freq="h", tz="UTC", unit="us")
    kinds = [
        (SeriesName.RT_SPP, "HUB", 1.0),
        (SeriesName.DAM_SPP, "HUB", 2.0),
        (SeriesName.RT_LMP, "HUB", 3.0),
    ]
    kinds += [(SeriesName.RT_SPP, "N", 4.0)]
    rows = pd.concat([observations(q, place, at, at, [v, v]) for q, place, v in kinds])
    write_table(Observations, rows, tmp_path / "all.parquet")
    held, auxiliary_nodes = (
        load_observations([tmp_path / "all.parquet"]),
        config()["auxiliary_nodes"],
    )
    for auction, q, value in ((False, SeriesName.RT_SPP, 1.0), (True, SeriesName.DAM_SPP, 2.0)):
        [(kind, (own, names))] = auxiliary_series(held, auxiliary_nodes, auction=auction).items()
        assert (kind, names) == (q, ["OLD"])
        assert own.value.tolist() == [value, value]


def test_a_donor_trains_and_the_nodes_keep_their_features():
    c, issued = config(), list(days(date(2024, 6, 10), DAY))
    every = node_sample(c)
    data = archive_of_frames([prices("N", 1), prices("OLD", 2)])
    own, old = (
        training_features(data, issued, {**c, "nodes": [n], "pools": {"all": [n]}}, every)["all"]
        for n in ("N", "OLD")
    )
    alone = training_features(archive_of_frames([prices("N", 1)]), issued, c, every)["all"]
    np.testing.assert_array_equal(own.x, alone.x)
    one, two = (train(h, data, c, DAY) for h in ([own], [own, old]))
    assert two.card["rows"] == 2 * one.card["rows"]
    assert two.card["pool"] == ["N", "OLD"]
    assert np.isfinite(two.members[0].state["start"]).all()
